"""The table of a batch as one page that opens from disk and may fetch nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from html import escape
from typing import Any
from urllib.parse import quote

from pipelines.batch.words import words

_STYLE = """
:root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--faint:#5a6470;--line:#d7dce2;--band:#f4f6f8}
@media(prefers-color-scheme:dark){:root{--paper:#14171b;--ink:#e8ebef;--faint:#9aa4af;--line:#343b43;--band:#1c2127}}
body{margin:2rem auto;max-width:80rem;padding:0 1rem;background:var(--paper);color:var(--ink);
font:15px/1.5 system-ui,"Noto Sans SC",sans-serif}
h1{font-size:1.4rem}p{color:var(--faint)}
ul{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;padding:0;list-style:none}
table{border-collapse:collapse;width:100%}
th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th{position:sticky;top:0;background:var(--band);cursor:pointer}
td:first-child{white-space:nowrap}td.n{font-variant-numeric:tabular-nums;white-space:nowrap}
.v{white-space:nowrap;font-weight:600}.v::before{display:inline-block;width:1.4em;content:"\\2013"}
.inconsistent{color:#b8200f}.inconsistent::before{content:"\\25CF"}
.borderline{color:#8a5a00}.borderline::before{content:"\\25D0"}
.undecided{color:#4a5866}.undecided::before{content:"\\25A8"}
.consistent{color:#1f6b3a}.consistent::before{content:"\\2713"}
.no_result{color:var(--ink);font-style:italic}.no_result::before{content:"\\2715"}
tr.none{background:var(--band)}
@media(prefers-color-scheme:dark){.inconsistent{color:#ff8f80}.borderline{color:#f2c15b}.undecided{color:#b6c1cc}
.consistent{color:#7fd39b}}
"""
_SCRIPT = """
document.querySelectorAll("th").forEach((head,column)=>head.addEventListener("click",()=>{
const body=document.querySelector("tbody"),rows=[...body.rows],up=head.dataset.up!=="1";
const key=row=>row.cells[column].dataset.by??row.cells[column].textContent;
rows.sort((a,b)=>key(a).localeCompare(key(b),undefined,{numeric:true})*(up?1:-1));
document.querySelectorAll("th").forEach(each=>delete each.dataset.up);head.dataset.up=up?"1":"0";
body.append(...rows)}));
"""
_ORDER = ("inconsistent", "borderline", "undecided", "no_result", "consistent")
"""Gravest first; what is undecided looks like what was not observed, as on all pages."""


def page(summary: dict[str, Any], lang: str) -> str:
    """The page of a summary, in one language."""
    said = words(lang)
    policy = f"default-src 'none'; style-src '{_hash(_STYLE)}'; script-src '{_hash(_SCRIPT)}'; base-uri 'none'"
    heads = "".join(f"<th>{escape(said[key])}</th>" for key in ("case", "milestone", "verdict", "findings", "reason"))
    rows = "\n".join(_row(row, said) for row in summary["cases"])
    counts = "".join(f"<li>{text}</li>" for text in _counts(summary["counts"], said))
    title = escape(summary["plan"])
    made = escape(said["made"].format(version=summary["version"]))
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body>\n<h1>{title}</h1>\n<ul>{counts}</ul>\n"
        f"<p>{escape(said['note'])} {escape(said['sort'])}</p>\n"
        f"<table><thead><tr>{heads}<th>{escape(said['viewer'])}</th></tr></thead><tbody>\n{rows}\n</tbody></table>\n"
        f"<p>{made}</p>\n<script>{_SCRIPT}</script></body></html>\n"
    )


def _counts(counts: dict[str, int], said: dict[str, str]) -> Iterator[str]:
    for name in _ORDER:
        label = said["no_verdict"] if name == "no_result" else said[name]
        number = said["of"].format(count=counts[name], total=counts["cases"])
        yield f'<span class="v {name}">{escape(label)}</span> {number}'


def _row(row: dict[str, Any], said: dict[str, str]) -> str:
    state = row["verdict"] if row["status"] == "done" else "no_result"
    label = said[row["verdict"] if row["status"] == "done" else row["status"]]
    found = f"{row['inconsistent']} / {row['borderline']} / {row['information']}" if row["status"] == "done" else "–"
    link = f'<a href="{escape(quote(row["viewer"]))}">{escape(said["open"])}</a>' if row["viewer"] else "–"
    kind = ' class="none"' if state == "no_result" else ""
    cells = (
        f"<td>{escape(row['name'])}</td><td>{escape(row['milestone'] or '–')}</td>"
        f'<td data-by="{_ORDER.index(state)}"><span class="v {state}">{escape(label)}</span></td>'
        f'<td class="n">{found}</td><td>{escape(row["reason"] or "")}</td><td>{link}</td>'
    )
    return f"<tr{kind}>{cells}</tr>"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
