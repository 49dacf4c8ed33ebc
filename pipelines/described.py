"""Settings as tables of a page: default, range and reason of each, from the types themselves."""

from __future__ import annotations

import re
from dataclasses import fields
from inspect import cleandoc
from typing import TYPE_CHECKING

from pipelines.settings import range_of

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def section_tables(defaults: DataclassInstance) -> list[str]:
    """Lines with a table for each section of settings."""
    lines: list[str] = []
    for section in fields(defaults):
        stage = getattr(defaults, section.name)
        summary, reasons = described(type(stage))
        lines += [
            "",
            f"## {section.name}",
            "",
            summary,
            "",
            "| setting | default | range | reason |",
            "|---|---|---|---|",
        ]
        for parameter in fields(stage):
            value = getattr(stage, parameter.name)
            limits = range_of(section.name, parameter.name, value)
            shown = "-" if limits is None else f"{limits[0]:g} to {limits[1]:g}"
            reason = reasons.get(parameter.name, "")
            lines.append(f"| `{parameter.name}` | {value} | {shown} | {reason.replace('|', chr(92) + '|')} |")
    return lines


def described(stage: type) -> tuple[str, dict[str, str]]:
    """Summary of a settings class and the reason of each parameter, from its numpydoc."""
    text = cleandoc(stage.__doc__ or "")
    summary, _, attributes = text.partition("Attributes\n----------\n")
    reasons: dict[str, str] = {}
    for names, body in re.findall(
        r"^([a-z]\w*(?:, \w+)*) : [^\n]*\n((?:[ ]{4}[^\n]*\n?|\n)*)", attributes, re.MULTILINE
    ):
        for name in names.split(", "):
            reasons[name] = " ".join(body.split())
    return " ".join(summary.split()), reasons
