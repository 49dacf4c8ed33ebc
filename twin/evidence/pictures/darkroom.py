"""Hands shots to the renderer in its own process and collects the pictures as they come."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

import numpy as np

from twin.arrays import Bytes, Floats
from twin.errors import EvidenceError
from twin.evidence.pictures.studio import Shot, job_of

_PATIENCE_S = 600.0
"""A picture that takes longer than this never comes: software rendering of a large case takes seconds."""

_GLANCE_S = 0.05

_HINT = "install libegl1, libegl-mesa0 and libgl1-mesa-dri, or libosmesa6, for rendering without a screen"


class Darkroom:
    """Renders while its owner works on; use as a context, which ends the process and clears the files.

    Parameters
    ----------
    meshes : dict of arrays
        See `studio`; positions in m, design frame less one origin, float32.
    shots : list of Shot
    """

    def __init__(self, meshes: dict[str, np.ndarray], shots: list[Shot]) -> None:
        self._meshes, self._shots = meshes, shots
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Darkroom:
        self._folder = tempfile.TemporaryDirectory(prefix="plumbline-pictures-")
        self.path = Path(self._folder.name)
        try:
            np.savez(self.path / "meshes.npz", allow_pickle=False, **self._meshes)
            (self.path / "job.json").write_text(job_of(self._shots), encoding="utf-8")
            self._said = (self.path / "said.txt").open("wb")
            command = [sys.executable, "-m", "twin.evidence.pictures.studio", str(self.path), str(os.getpid())]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self._said, stderr=self._said)  # noqa: S603  our own interpreter and module
        except OSError as error:
            self._folder.cleanup()
            raise EvidenceError(f"the renderer cannot be started ({error})") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._said.close()
        self._folder.cleanup()

    def picture(self, name: str) -> Bytes:
        """Waits for a shot; (h, w, 3) uint8.

        Raises
        ------
        EvidenceError
            The renderer ended without it, or takes for ever.
        """
        assert self._process is not None, "use the darkroom as a context"
        path = self.path / f"{name}.npy"
        for _ in range(round(_PATIENCE_S / _GLANCE_S)):
            if path.exists():
                break
            if self._ended() and not path.exists():
                raise EvidenceError(f"the picture {name} could not be rendered: {self._why()}", _HINT)
        else:
            raise EvidenceError(f"the picture {name} was not rendered within {_PATIENCE_S:.0f} s", _HINT)
        picture: Bytes = np.load(path)
        path.unlink()
        return picture

    def _ended(self) -> bool:
        assert self._process is not None
        try:
            self._process.wait(timeout=_GLANCE_S)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _why(self) -> str:
        assert self._process is not None
        code = self._process.returncode
        if code < 0:
            return f"the graphics driver ended the renderer by signal {-code}"
        said = (self.path / "said.txt").read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return said[-1] if said else f"the renderer ended with code {code}"


def local(points: Floats, origin: Floats) -> np.ndarray:
    """Points less an origin, in the single precision that graphics use."""
    return (points - origin).astype(np.float32)
