"""What the window says beyond the words that it shares with pictures."""

from __future__ import annotations

TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "design": "approved, seen",
        "not_observed": "approved, not observed",
        "additions": "added",
        "removals": "removed",
        "moved": "moved",
        "objects": "objects",
        "survey": "survey, by deviation",
        "cut": "cut above, m",
        "measured": "{length:.3f} m   level {level:.3f} m   rise {rise:+.3f} m",
        "keys": "n, b: next finding, the one before   0: all   p: mark a place, two are measured   q: close",
        "verdict.consistent": "consistent",
        "verdict.inconsistent": "inconsistent with the permit (suspected)",
        "verdict.borderline": "borderline (measure again)",
        "verdict.undecided": "undecided",
    },
    "zh": {
        "design": "许可（已观测）",
        "not_observed": "许可（未观测）",
        "additions": "新增",
        "removals": "缺失",
        "moved": "移位",
        "objects": "非建筑物体",
        "survey": "点云（按偏差着色）",
        "cut": "剖切标高 m",
        "measured": "{length:.3f} m   水平 {level:.3f} m   高差 {rise:+.3f} m",
        "keys": "n、b：下一项、上一项   0：全部   p：标记一点，两点测距   q：关闭",
        "verdict.consistent": "符合",
        "verdict.inconsistent": "与许可不一致（疑似）",
        "verdict.borderline": "临界（需复测）",
        "verdict.undecided": "无法判定",
    },
}
