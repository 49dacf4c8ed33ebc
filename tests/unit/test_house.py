"""The house keeps its own rules."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGES = ("twin", "pipelines", "cli", "samples")
LONGEST_MODULE, LONGEST_FUNCTION = 400, 70
PLACES = re.compile(r"/(?:home|root|work|tmp|Users)/\w|[A-Z]:\\\\Users", re.ASCII)
HOSTS = re.compile(
    r"pypi\.org|pythonhosted|registry\.npmjs|npmmirror|yarnpkg|artifactory|nexus|devpi|index[-_]url\s*=|"
    r"https?://(?:localhost|\d+\.\d+\.\d+\.\d+)"
)
LATER = re.compile(r"\b(?:TODO|FIXME|XXX|raise NotImplementedError)\b")
THIS = Path(__file__)


def tracked(root: Path) -> list[Path]:
    """Files under version control or about to be; a plain copy of the sources counts whole."""
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    return [root / line for line in done.stdout.splitlines() if (root / line).is_file()]


def modules(root: Path, *packages: str) -> list[Path]:
    return sorted(path for package in packages for path in (root / package).rglob("*.py"))


def texts(root: Path) -> Iterator[tuple[Path, str]]:
    for path in tracked(root):
        if path.suffix not in (".py", ".md", ".toml", ".ts", ".json", ".lock", ".yml", ".html", ".mjs", ".css", ""):
            continue
        if path != THIS:
            yield path.relative_to(root), path.read_text(encoding="utf-8", errors="replace")


def test_no_module_is_longer_than_one_can_read(root: Path) -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules(root, *PACKAGES)}
    assert {str(path): length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_no_function_is_longer_than_a_screen(root: Path) -> None:
    long = {}
    for path in modules(root, *PACKAGES):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                body = (node.end_lineno or 0) - node.body[0].lineno + 1
                if body > LONGEST_FUNCTION:
                    long[f"{path.relative_to(root)}:{node.name}"] = body
    assert long == {}


def test_every_public_name_of_the_library_is_described(root: Path) -> None:
    bare = []
    for path in modules(root, "twin", "pipelines", "samples"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        bare += [f"{path.relative_to(root)}:{name}" for name, node in _public(tree) if not ast.get_docstring(node)]
    assert bare == []


def _public(tree: ast.Module) -> Iterator[tuple[str, ast.Module | ast.ClassDef | ast.FunctionDef]]:
    yield "module", tree
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            yield node.name, node
            for inner in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                    yield f"{node.name}.{inner.name}", inner


def test_nothing_is_left_for_later(root: Path) -> None:
    left = {
        f"{path.relative_to(root)}: {match[0]}"
        for path in modules(root, *PACKAGES)
        for match in LATER.finditer(path.read_text(encoding="utf-8"))
    }
    assert left == set()


def test_no_file_names_a_place_of_one_machine(root: Path) -> None:
    found = {f"{path}: {match[0]}" for path, text in texts(root) for match in PLACES.finditer(text)}
    assert found == set()


def test_no_file_names_a_registry(root: Path) -> None:
    found = {f"{path}: {match[0]}" for path, text in texts(root) for match in HOSTS.finditer(text)}
    assert found == set()


def test_the_package_lock_carries_no_addresses(root: Path) -> None:
    locks = [path for path in tracked(root) if path.name == "package-lock.json"]
    assert [str(path) for path in locks if '"resolved"' in path.read_text(encoding="utf-8")] == []


def test_tests_are_no_packages(root: Path) -> None:
    assert list((root / "tests").rglob("__init__.py")) == []


def test_the_library_never_prints_nor_reads_clock_or_environment(root: Path) -> None:
    """Beside ruff's ban on printing: the calls that would make a result depend on where and when it was made."""
    banned = re.compile(
        r"\b(?:os\.environ|os\.getenv|time\.time\(|datetime\.(?:now|utcnow|today)|date\.today|"
        r"np\.random\.(?!default_rng|Generator)|random\.(?:seed|random|choice|shuffle)\()"
    )
    found = {
        f"{path.relative_to(root)}: {match[0]}"
        for path in modules(root, "twin")
        for match in banned.finditer(path.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_the_readme_shows_the_help_that_the_program_gives(root: Path) -> None:
    environment = os.environ | {"COLUMNS": "100", "TERMINAL_WIDTH": "100", "TERM": "dumb", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "cli", "--help"],
        cwd=root, capture_output=True, encoding="utf-8", check=True, env=environment | {"PYTHONUTF8": "1"},
    )  # fmt: skip
    shown = "\n".join(line.rstrip() for line in done.stdout.strip("\n").splitlines()).strip("\n")
    assert f"$ plumbline --help\n{shown}\n```" in (root / "README.md").read_text(encoding="utf-8")


def test_links_in_the_documents_lead_somewhere(root: Path) -> None:
    broken = []
    for path in [root / "README.md", *(root / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8")):
            if "://" not in target and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(root)}: {target}")
    assert broken == []
