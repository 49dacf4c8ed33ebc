"""TOML that people write: one reader of it, with one way of saying what is wrong."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from twin.errors import InputError


def read_content(path: Path, refusal: type[InputError], hint: str = "check the path and its rights") -> bytes:
    """The bytes of a file; `refusal`, with that hint, where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise refusal(f"{path}: cannot be read ({error.strerror})", hint) from error


def tables_of(content: bytes, path: Path, refusal: type[InputError], see: str) -> dict[str, Any]:
    """The tables in the bytes of a TOML file.

    Parameters
    ----------
    content : bytes
    path : Path
        Named in errors.
    refusal : type of InputError
        Raised where they are no TOML.
    see : str
        Which page tells how the file is written.
    """
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise refusal(f"{path}: not UTF-8 text", "save it as UTF-8") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise refusal(f"{path}: not valid TOML: {error}", see) from error


def read_tables(path: Path, refusal: type[InputError], see: str) -> dict[str, Any]:
    """The tables of a TOML file; `refusal` where it cannot be read or is none."""
    return tables_of(read_content(path, refusal), path, refusal, see)


def with_tuples(value: Any) -> Any:
    """Arrays as tuples, which strict checking asks for."""
    if isinstance(value, dict):
        return {key: with_tuples(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(with_tuples(inner) for inner in value)
    return value
