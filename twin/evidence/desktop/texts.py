"""What the window says beyond the words that it shares with the viewer and the pictures."""

from __future__ import annotations

TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "cut": "cut above, m",
        "measured": "{length:.3f} m   level {level:.3f} m   rise {rise:+.3f} m",
        "keys": "n, b: next finding, the one before   0: all   p: mark a place, two are measured   q: close",
    },
    "zh": {
        "cut": "z / m",  # the slider's typeface has no Chinese
        "measured": "{length:.3f} m   水平 {level:.3f} m   高差 {rise:+.3f} m",
        "keys": "n、b：下一项、上一项   0：全部   p：标记一点，两点测距   q：关闭",
    },
}
