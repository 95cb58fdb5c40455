"""A headless Chromium, driven by the DevTools protocol over pipes: no driver and no port are needed."""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--remote-debugging-pipe",
)  # fmt: skip
_PATIENCE_S = 60.0

Message = dict[str, Any]


def require_chromium() -> str:
    """The program. Where it is missing the test is not evaluated; in CI that is a failure."""
    found = next(filter(None, (shutil.which(name) for name in _NAMES)), None)
    if found is None and os.environ.get("CI", "").lower() in ("true", "1"):
        pytest.fail("no Chromium is installed, and CI=true; `apt-get install chromium` brings it.")
    if found is None:
        pytest.skip("not evaluated: no Chromium is installed")
    return found


def _pipe() -> tuple[int, int]:
    """A pipe whose ends are none of the numbers that Chromium expects."""
    ends = os.pipe()
    high = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return high[0], high[1]


class Browser:
    """One page in a fresh profile. ``said`` is what the page and the browser complained of."""

    def __init__(self, program: str, width: int = 1100, height: int = 1400) -> None:
        self.said: list[str] = []
        self._numbers, self._buffer = 0, b""
        self._answers: dict[int, Message] = {}
        self._profile = tempfile.TemporaryDirectory(prefix="fintxsim-chromium-", ignore_cleanup_errors=True)
        (command_read, self._to), (self._from, answer_write) = _pipe(), _pipe()
        words = [program, *_FLAGS, f"--user-data-dir={self._profile.name}", f"--window-size={width},{height}"]
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{command_read} 4>&{answer_write}', "bash", *words, "about:blank"],
            pass_fds=(command_read, answer_write), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(command_read)
        os.close(answer_write)
        self._session = ""

    def __enter__(self) -> Self:
        try:
            self._attach()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _attach(self) -> None:
        pages = [t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page"]
        target = {"targetId": pages[0]["targetId"], "flatten": True}
        self._session = str(self.call("Target.attachToTarget", **target)["sessionId"])
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> Message:
        """Call a method of the protocol and wait for its answer."""
        self._numbers += 1
        message: Message = {"id": self._numbers, "method": method, "params": parameters}
        message |= {"sessionId": self._session} if self._session else {}
        os.write(self._to, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + _PATIENCE_S
        while self._numbers not in self._answers:
            self._read(until)
        answer = self._answers.pop(self._numbers)
        assert "error" not in answer, f"{method}: {answer['error']}"
        result: Message = answer["result"]
        return result

    def _read(self, until: float) -> None:
        ready, _, _ = select.select([self._from], [], [], max(until - time.monotonic(), 0.0))
        part = os.read(self._from, 1 << 20) if ready else b""
        assert part, f"Chromium is silent (exit code {self._process.poll()})"
        *messages, self._buffer = (self._buffer + part).split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self._answers[message["id"]] = message
            else:
                self._hear(message["method"], message["params"])

    def _hear(self, method: str, told: Message) -> None:
        if method == "Runtime.exceptionThrown":
            self.said.append(f"exception: {told['exceptionDetails']}")
        if method == "Runtime.consoleAPICalled" and told["type"] in ("error", "warning", "assert"):
            self.said.append(f"console: {told['args']}")
        if method == "Log.entryAdded" and told["entry"]["level"] in ("error", "warning"):
            self.said.append(f"log: {told['entry']['text']}")
        if method == "Network.requestWillBeSent" and not told["request"]["url"].startswith(("file:", "data:", "blob:")):
            self.said.append(f"request: {told['request']['url']}")

    def evaluate(self, code: str) -> Any:
        """The value of an expression in the page; promises are awaited."""
        answer = self.call("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def open(self, page: Path, ready: str) -> None:
        """Open a file and wait until an expression is true."""
        self.call("Page.navigate", url=page.absolute().as_uri())
        until = time.monotonic() + _PATIENCE_S
        while not self.evaluate(f"document.readyState === 'complete' && Boolean({ready})"):
            assert time.monotonic() < until, f"not so after {_PATIENCE_S} s: {ready}"
            time.sleep(0.05)

    def close(self) -> None:
        """End the program and remove its profile."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._to)
        os.close(self._from)
        self._profile.cleanup()
