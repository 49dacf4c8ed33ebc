"""The machine in neutral words: processor, cores, memory, and what else it was doing."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import psutil  # type: ignore[import-untyped]


def description() -> str:
    """One line; no names of hosts, no folders."""
    memory = psutil.virtual_memory().total / 2**30
    return f"{_processor()}, {psutil.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, {_python()}"


def load() -> float:
    """Processes that wanted to run, mean of the last minute."""
    return os.getloadavg()[0]


def _python() -> str:
    return f"Python {'.'.join(platform.python_version_tuple()[:2])}"


def _processor() -> str:
    """The model as the system calls it, with the clock where it is stated."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    facts = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    name = facts.get("model name") or platform.processor() or platform.machine()
    family = f" (family {facts['cpu family']}, model {facts['model']})" if {"cpu family", "model"} <= set(facts) else ""
    return name.replace("(R)", "").replace("(TM)", "") + family
