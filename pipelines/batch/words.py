"""What the summary of a batch says, in both languages."""

from __future__ import annotations

from twin.evidence.viewer.wording import words_of

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "failed": "no result",
        "timeout": "no result: time ran out",
        "out_of_memory": "no result: memory ran out",
        "crashed": "no result: crashed",
        "case": "case",
        "project": "project",
        "milestone": "milestone",
        "verdict": "verdict",
        "findings": "findings: inconsistent / borderline / for information",
        "reason": "why undecided, or no result",
        "viewer": "viewer",
        "open": "open",
        "of": "{count} of {total}",
        "no_verdict": "no result",
        "note": "A case without a result says nothing about the building. Undecided: what was seen cannot tell.",
        "unfollowed": "findings cannot be followed",
        "sort": "A click on a column's head sorts by it.",
        "made": "Plumbline {version}",
        "there.workers": "workers count on this machine only; under a scheduler each thread of its workers runs a case",
        "there.memory": "no memory limit is set: nobody bounds what a case takes there; state limits.memory_gb",
    },
    "zh": {
        "failed": "无结果",
        "timeout": "无结果：超时",
        "out_of_memory": "无结果：内存不足",
        "crashed": "无结果：进程崩溃",
        "case": "案卷",
        "project": "项目",
        "milestone": "节点",
        "verdict": "结论",
        "findings": "发现：不一致 / 临界 / 提示",
        "reason": "未能判定或无结果的原因",
        "viewer": "查看器",
        "open": "打开",
        "of": "{count} / {total}",
        "no_verdict": "无结果",
        "note": "无结果的案卷不说明建筑的任何情况。未能判定：观测到的内容不足以判断。",
        "unfollowed": "发现无法跟踪",
        "sort": "点击表头可排序。",
        "made": "Plumbline {version}",
        "there.workers": "workers 只对本机有效；使用调度器时，其工作进程的每个线程运行一个案卷",
        "there.memory": "未设内存上限：集群上无人限制每个案卷所用内存，请设置 limits.memory_gb",
    },
}


VERDICTS = ("inconsistent", "borderline", "consistent", "undecided")


def words(lang: str) -> dict[str, str]:
    """The words of one language, by key; those of verdicts are the viewer's."""
    verdicts = {name: words_of(lang)[f"verdict.{name}"] for name in VERDICTS}
    return {**{name: text[:1].lower() + text[1:] for name, text in verdicts.items()}, **WORDS[lang]}
