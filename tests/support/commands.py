"""The command line as a test asks it."""

from __future__ import annotations

import pytest

from cli.main import run


def told(arguments: list[str], capsys: pytest.CaptureFixture[str], code: int = 0) -> str:
    """Standard output of a call that ends with that code; standard error where it fails."""
    capsys.readouterr()
    assert run(["project", *arguments]) == code
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return out if code == 0 else err
