"""Pictures of findings, small enough to travel inside the page."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

from twin.errors import EvidenceError

_WIDTH_PX = 960
"""Legible when opened large on a laptop's screen."""
_QUALITY = 82


def embedded(folder: Path, findings: list[dict[str, Any]]) -> dict[str, list[dict[str, str]]]:
    """The pictures that an inspection lists for its findings, as data addresses by the finding's id.

    Parameters
    ----------
    folder : Path
        The case's folder, or the one that holds the pictures themselves.
    findings : list of dict
        As in the inspection's result, with ``id`` and ``pictures``; a picture that is missing is left out.
    """
    return {
        finding["id"]: [
            {"name": path.stem, "data": _as_address(path)}
            for path in (_found(folder, name) for name in finding.get("pictures", []))
            if path is not None
        ]
        for finding in findings
    }


def _found(folder: Path, name: str) -> Path | None:
    """The picture where it is listed, or by its bare name; never outside `folder`."""
    inside = folder.resolve()
    places = (folder / name, folder / Path(name).name)
    return next((path for path in places if path.is_file() and path.resolve().is_relative_to(inside)), None)


def _as_address(path: Path) -> str:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            small = picture.convert("RGB")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise EvidenceError(f"{path.name}: not a picture", "write the pictures anew") from error
    small.thumbnail((_WIDTH_PX, _WIDTH_PX), Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    small.save(stream, "JPEG", quality=_QUALITY, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode()
