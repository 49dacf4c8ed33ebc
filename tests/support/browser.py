"""A headless Chromium, driven over two pipes in its own debugging language."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FLAGS = """
    --headless --no-sandbox --disable-gpu --use-angle=swiftshader --enable-unsafe-swiftshader --disable-quic
    --no-first-run --disable-background-networking --disable-component-update --disable-sync --disable-extensions
    --force-prefers-reduced-motion --hide-scrollbars --mute-audio --remote-debugging-pipe
""".split()  # noqa: SIM905 - as they would stand on a command line
PATIENCE_S = 40.0


def chromium() -> str | None:
    """The browser's program, if this machine has one."""
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome", "chrome"))
    return next((path for path in found if path), None)


class Browser:
    """One page of one browser; remembers requests, console messages and uncaught errors."""

    def __init__(self, program: str, profile: Path, size: tuple[int, int] = (1280, 720)) -> None:
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()
        command = [program, *FLAGS, f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}", "about:blank"]
        # The browser reads from descriptor 3 and writes to 4.
        shell = f'exec "$@" 3<&{to_browser} 4>&{from_browser}'
        self._process = subprocess.Popen(
            ["bash", "-c", shell, "bash", *command],
            pass_fds=(to_browser, from_browser),
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._buffer = b""
        self._number = 0
        self.events: list[dict[str, Any]] = []
        target = self._page_target()
        self._session = self._call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        self.size(*size)

    def _page_target(self) -> str:
        targets = self._call("Target.getTargets", {})["targetInfos"]
        return str(next(target["targetId"] for target in targets if target["type"] == "page"))

    def size(self, width: int, height: int, *, scheme: str = "light") -> None:
        """Sets the window's size in CSS pixels and the colour scheme that the reader prefers."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )
        preferred = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        self.call("Emulation.setEmulatedMedia", {"features": preferred})

    def open(self, url: str) -> None:
        """Opens an address from nothing and waits until the page says that it is ready."""
        self.call("Page.navigate", {"url": "about:blank"})
        self.events.clear()
        self.call("Page.navigate", {"url": url})
        self.wait("document.documentElement?.dataset.ready === 'true'")

    def evaluate(self, expression: str) -> Any:
        """Value of a JavaScript expression."""
        answer = self.call("Runtime.evaluate", {"expression": expression, "returnByValue": True, "awaitPromise": True})
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"]["exception"].get("description"))
        return answer["result"].get("value")

    def wait(self, condition: str) -> None:
        """Waits until an expression is true."""
        end = time.monotonic() + PATIENCE_S
        while not self.evaluate(condition):
            if time.monotonic() > end:
                text = self.evaluate("document.body?.innerText.slice(0, 500)")
                raise AssertionError(f"never came true: {condition}\npage says: {text}\n{self.complaints()}")
            time.sleep(0.05)

    def settle(self) -> None:
        """Waits until what was asked for is drawn."""
        self.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def click(self, x: float, y: float) -> None:
        """A click of the left button, CSS pixels of the page."""
        place = {"x": x, "y": y, "button": "left", "clickCount": 1}
        self.call("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": x, "y": y})
        self.call("Input.dispatchMouseEvent", {"type": "mousePressed", **place})
        self.call("Input.dispatchMouseEvent", {"type": "mouseReleased", **place})
        self.settle()

    def press(self, selector: str) -> None:
        """Clicks the control that a selector finds, in its middle."""
        box = self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.scrollIntoView({block: 'nearest'}); const b = e.getBoundingClientRect();"
            " return [b.x + b.width / 2, b.y + b.height / 2]; })()"
        )
        self.click(*box)

    def key(self, key: str) -> None:
        """A key pressed and released."""
        event = {"key": key, "text": key if len(key) == 1 else ""}
        self.call("Input.dispatchKeyEvent", {"type": "keyDown", **event})
        self.call("Input.dispatchKeyEvent", {"type": "keyUp", "key": key})
        self.settle()

    def picture(self) -> bytes:
        """What the window shows, as PNG."""
        self.settle()
        return base64.b64decode(self.call("Page.captureScreenshot", {"format": "png"})["data"])

    def requests(self) -> list[str]:
        """Addresses that the page asked for since it was opened, itself and inline data left out."""
        sent = [e["params"]["request"]["url"] for e in self.events if e["method"] == "Network.requestWillBeSent"]
        return [url for url in sent if not url.startswith(("data:", "blob:", "about:"))][1:]

    def complaints(self) -> list[str]:
        """Console errors and warnings, uncaught exceptions and breaches of the content policy."""
        found = []
        for event in self.events:
            params = event["params"]
            if event["method"] == "Runtime.exceptionThrown":
                found.append(str(params["exceptionDetails"].get("exception", {}).get("description")))
            if event["method"] == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
                found.append(" ".join(str(arg.get("value")) for arg in params["args"]))
            if event["method"] == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
                found.append(params["entry"]["text"])
        # Software drawing warns of its own slowness when a picture is read back; that is no fault of the page.
        return [text for text in found if "GPU stall" not in text]

    def call(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """One command to the page."""
        return self._call(method, params or {}, self._session)

    def _call(self, method: str, params: dict[str, Any], session: str | None = None) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']['message']}")
                return dict(answer["result"])
            if "method" in answer:
                self.events.append(answer)

    def _read(self) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE_S
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._in], [], [], max(0.0, end - time.monotonic()))
            block = os.read(self._in, 1 << 20) if ready else b""
            if not block:
                raise AssertionError("the browser does not answer")
            self._buffer += block
        message, self._buffer = self._buffer.split(b"\0", 1)
        return dict(json.loads(message))

    def close(self) -> None:
        """Ends the browser and all that it started."""
        with contextlib.suppress(AssertionError, OSError):
            self._call("Browser.close", {})
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
        os.close(self._out)
        os.close(self._in)


@contextlib.contextmanager
def browser(program: str, profile: Path, size: tuple[int, int] = (1280, 720)) -> Iterator[Browser]:
    """A browser for as long as it is needed."""
    opened = Browser(program, profile, size)
    try:
        yield opened
    finally:
        opened.close()
