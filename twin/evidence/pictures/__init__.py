"""Pictures by which a layman sees at a glance what stands that was not approved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin.evidence.scene import Scene


def write_pictures(
    scene: Scene,
    folder: Path,
    *,
    language: str = "en",
    on_progress: Callable[[int, int], None] | None = None,
) -> dict[str, list[str]]:
    """Draws all pictures of a case into ``folder/pictures``.

    Parameters
    ----------
    scene : Scene
    folder : Path
        The case's folder; `pictures` is made in it.
    language : str
        ``en`` or ``zh``.
    on_progress : callable or None
        Called with (pictures done, pictures in all).

    Returns
    -------
    dict of str to list of str
        Names relative to `folder`, by finding id; under "" those of the whole case.

    Raises
    ------
    EvidenceError
        Rendering is not possible on this machine, or a file cannot be written.
    """
    # imported here because the renderer's process starts from this package and needs none of it
    from twin.evidence.pictures.album import write_all

    return write_all(scene, folder, language, on_progress)
