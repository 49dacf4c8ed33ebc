"""Serves the viewer of a case on loopback, with the whole survey beside it in levels of detail."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np

from twin import digest
from twin.errors import EvidenceError, TwinError
from twin.evidence.exchange import open_measured
from twin.evidence.inspection import read
from twin.evidence.tiles import TILESET, build_tiles

LOOPBACK = "127.0.0.1"
PAGE, SURVEY = "viewer.html", "deviation.laz"
_TILE = re.compile(r"/tiles/(\d-\d+-\d+-\d+\.glb|tileset\.json)")
_HEAD_BYTES = 1 << 14
"""In which the policy of the page stands."""
_POLICY, _SERVED = b"default-src 'none'; ", b"default-src 'none'; connect-src 'self'; "
_META, _WHERE = (
    b'<meta name="referrer"',
    b'<meta name="plumbline-tiles" content="/tiles/tileset.json">\n<meta name="referrer"',
)
_TYPES = {".glb": "model/gltf-binary", ".json": "application/json"}
_PIECE = 1 << 20


class CaseServer:
    """A case on loopback, until it is closed. Tiles are built once for each survey, beside the serving.

    Parameters
    ----------
    folder : Path
        A finished case, which is only read.
    cache : Path
        Where tiles are kept.
    on_progress : callable of (done, whole), or None
        Of the building, in points; called from another thread.

    Raises
    ------
    EvidenceError
        No finished case, or no port is free.
    """

    def __init__(self, folder: Path, cache: Path, on_progress: Callable[[int, int], None] | None = None) -> None:
        read(folder)
        folder = folder if folder.is_dir() else folder.parent
        for name in (PAGE, SURVEY):
            if not (folder / name).is_file():
                raise EvidenceError(f"{folder}: holds no {name}", "inspect again to write it")
        self._folder, self._cache, self._on_progress = folder, cache, on_progress
        self.tiles: Path | None = None
        self.failure: TwinError | None = None
        try:
            self._server = _Server(self)
        except OSError as error:
            raise EvidenceError(f"nothing can be served on {LOOPBACK} ({error.strerror})") from error
        self._built = threading.Thread(target=self._build, daemon=True)
        self._built.start()

    @property
    def address(self) -> str:
        """Of the page."""
        return f"http://{LOOPBACK}:{self._server.server_port}/"

    @property
    def hosts(self) -> frozenset[str]:
        """What a browser may call this server: another name leads here from a page of somebody else."""
        return frozenset(f"{name}:{self._server.server_port}" for name in (LOOPBACK, "localhost"))

    @property
    def page(self) -> Path:
        """The viewer in one file."""
        return self._folder / PAGE

    def run(self) -> None:
        """Serves until `close` is called from another thread, or the process is interrupted."""
        self._server.serve_forever()

    def wait_for_tiles(self, seconds: float) -> bool:
        """Whether the tiles were built within so many seconds."""
        self._built.join(seconds)
        return self.tiles is not None

    def close(self) -> None:
        """Ends `run`, which another thread is in, and gives the port back."""
        self._server.shutdown()
        self._server.server_close()

    def close_at_once(self) -> None:
        """Gives the port back after `run` was interrupted."""
        self._server.server_close()

    def _build(self) -> None:
        path = self._folder / SURVEY
        try:
            tiles = self._cache / digest.of_file(path)[:24]
            if not (tiles / TILESET).is_file():
                survey = open_measured(path)
                # less whole metres at the lowest corner, near which single precision is exact
                build_tiles(survey, np.floor(survey.low), tiles, self._on_progress)
            self.tiles = tiles
        except TwinError as error:
            self.failure = error


class _Server(ThreadingHTTPServer):
    """Knows the case that it serves."""

    daemon_threads = True

    def __init__(self, case: CaseServer) -> None:
        self.case = case
        super().__init__((LOOPBACK, 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    """Answers for one case; whatever it does not know is not found."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        """The page, or a tile."""
        if self.headers.get("Host") not in self.server.case.hosts:
            self._answer(HTTPStatus.FORBIDDEN)
        elif self.path == "/":
            self._send_page()
        elif tile := _TILE.fullmatch(self.path):
            self._send_tile(tile.group(1))
        else:
            self._answer(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def _send_page(self) -> None:
        page = self.server.case.page
        with page.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
            rest = page.stat().st_size - len(head)
            head = head.replace(_POLICY, _SERVED, 1).replace(_META, _WHERE, 1)
            self._begin("text/html; charset=utf-8", rest + len(head))
            self.wfile.write(head)
            while piece := stream.read(_PIECE):
                self.wfile.write(piece)

    def _send_tile(self, name: str) -> None:
        case = self.server.case
        if case.tiles is None:
            self._answer(HTTPStatus.ACCEPTED if case.failure is None else HTTPStatus.NOT_FOUND)
            return
        path = case.tiles / name
        if not path.is_file():
            self._answer(HTTPStatus.NOT_FOUND)
            return
        data = path.read_bytes()
        self._begin(_TYPES[path.suffix], len(data))
        self.wfile.write(data)

    def _begin(self, kind: str, length: int) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()

    def _answer(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
