"""What the summary of a batch says, in both languages."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "inconsistent": "inconsistent with the permit (suspected)",
        "borderline": "borderline (measure again)",
        "consistent": "consistent",
        "undecided": "undecided",
        "failed": "no result",
        "timeout": "no result: time ran out",
        "out_of_memory": "no result: memory ran out",
        "crashed": "no result: crashed",
        "case": "case",
        "project": "project",
        "milestone": "milestone",
        "verdict": "verdict",
        "findings": "findings: inconsistent / borderline / for information",
        "reason": "why there is no result",
        "viewer": "viewer",
        "open": "open",
        "of": "{count} of {total}",
        "no_verdict": "no result",
        "note": "A case without a result says nothing about the building. Undecided: what was seen cannot tell.",
        "sort": "A click on a column's head sorts by it.",
        "made": "Plumbline {version}",
    },
    "zh": {
        "inconsistent": "与许可不一致（疑似）",
        "borderline": "临界（需复测）",
        "consistent": "符合",
        "undecided": "未能判定",
        "failed": "无结果",
        "timeout": "无结果：超时",
        "out_of_memory": "无结果：内存不足",
        "crashed": "无结果：进程崩溃",
        "case": "案卷",
        "project": "项目",
        "milestone": "节点",
        "verdict": "结论",
        "findings": "发现：不一致 / 临界 / 提示",
        "reason": "无结果的原因",
        "viewer": "查看器",
        "open": "打开",
        "of": "{count} / {total}",
        "no_verdict": "无结果",
        "note": "无结果的案卷不说明建筑的任何情况。未能判定：观测到的内容不足以判断。",
        "sort": "点击表头可排序。",
        "made": "Plumbline {version}",
    },
}


def words(lang: str) -> dict[str, str]:
    """The words of one language, by key."""
    return WORDS[lang]
