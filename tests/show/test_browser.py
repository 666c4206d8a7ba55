"""The page in a real browser: a letter is typed with the keyboard, arrives on the other side, and is read out."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
)
AXE = Path(os.environ.get("AXE_CORE", ""))

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="needs Chromium")


class Browser:
    """A headless Chromium, spoken to over two pipes (the DevTools protocol, JSON messages that end with NUL)."""

    def __init__(self, folder: Path) -> None:
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        options = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run")
        more = (
            "--disable-background-networking",
            "--disable-component-update",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        )
        # The protocol is at file descriptors 3 and 4. Theirs are moved out of the way first.
        code = (
            "import os, sys; a, b = os.dup(int(sys.argv[1])), os.dup(int(sys.argv[2]));"
            "a, b = os.dup(a), os.dup(b); os.dup2(a, 3); os.dup2(b, 4); os.execv(sys.argv[3], sys.argv[3:])"
        )
        last = ("--remote-debugging-pipe", f"--user-data-dir={folder}", "about:blank")
        self._process = subprocess.Popen(
            [sys.executable, "-c", code, str(theirs_in), str(theirs_out), CHROMIUM, *options, *more, *last],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._buffer, self._number, self._session = b"", 0, ""
        self._events: list[str] = []
        target = next(one for one in self("Target.getTargets")["targetInfos"] if one["type"] == "page")
        self._session = self("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        self("Page.enable")

    def __call__(self, method: str, **parameters: object) -> dict[str, Any]:
        """Send a command and wait for its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self._number:
            self._events.append(answer.get("method", ""))
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._in], [], [], 60)
            octets = os.read(self._in, 1 << 16) if ready else b""
            assert octets, "Chromium has ended, or does not answer"
            self._buffer += octets
        message, _, self._buffer = self._buffer.partition(b"\0")
        read: dict[str, Any] = json.loads(message)
        return read

    def wait_for(self, event: str) -> None:
        """Wait for an event of the page that was not waited for before."""
        while event not in self._events:
            self._events.append(self._next().get("method", ""))
        self._events.remove(event)

    def value(self, expression: str) -> Any:
        """The value of a JavaScript expression, awaited."""
        found = self("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def press(self, key: str, text: str = "") -> None:
        """Press and release a key."""
        code = {"Tab": 9, "Enter": 13}[key]
        common = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
        self("Input.dispatchKeyEvent", type="keyUp", **common)

    def close(self) -> None:
        """End the browser."""
        self._process.terminate()
        self._process.wait(20)
        os.close(self._in)
        os.close(self._out)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    made = Browser(tmp_path_factory.mktemp("browser") / "chromium")
    yield made
    made.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address that relay show prints. At its end it leaves nothing behind."""
    folder = tmp_path_factory.mktemp("show")
    command = [sys.executable, "-m", "relay", "show", "--port", "0", "--language", "ar"]
    env = {**os.environ, "TMPDIR": str(folder), "RELAY_DOMAIN": "not read"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env) as shown:
        assert shown.stderr is not None
        yield shown.stderr.readline().split()[1]
        assert len(list(folder.iterdir())) == 1
        shown.terminate()
        assert shown.wait(30) == 0
    assert list(folder.iterdir()) == []


def test_a_letter_is_written_with_the_keyboard_and_read_out_when_it_arrives(browser: Browser, address: str) -> None:
    address = address.replace("language=ar", "language=en")
    browser("Page.navigate", url=address)
    browser.wait_for("Page.loadEventFired")
    assert browser.value("document.documentElement.dir + document.title") == "ltrrelay at work"
    browser.value("document.getElementById('subject-mentor-0').select()")
    browser("Input.insertText", text="Two hundred bowls")
    browser.press("Tab")
    browser.value("document.activeElement.select()")
    browser("Input.insertText", text="Write to sami.khoury@posta.example.")
    browser.press("Tab")
    browser.press("Tab")
    assert browser.value("document.activeElement.textContent") == "Send"
    browser.press("Enter", "\r")
    browser.wait_for("Page.loadEventFired")
    assert browser.value(
        "new Promise((done) => setTimeout(() => done(document.getElementById('said').textContent), 500))"
    ).startswith("The letter arrived: ")
    assert (
        browser.value("document.querySelector(':target').closest('section').getAttribute('aria-labelledby')")
        == "mentee"
    )
    assert browser.value("document.querySelector(':target del').textContent") == "taken out: sami.khoury@posta.example"
    assert browser.value("document.activeElement === document.querySelector(':target')")
    for width in (320, 360, 390, 800, 1400):
        browser("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        root = "document.documentElement"
        assert browser.value(f"{root}.scrollWidth <= {root}.clientWidth"), f"too wide at {width}"


@pytest.mark.skipif(not AXE.is_file(), reason="needs axe-core: AXE_CORE names its axe.min.js")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, address: str, scheme: str) -> None:
    browser("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser("Page.navigate", url=address)
    browser.wait_for("Page.loadEventFired")
    browser.value("document.getElementById('text-mentor-0').value = 'Write to sami.khoury@posta.example.'")
    browser.value("document.querySelector('form').requestSubmit()")
    browser.wait_for("Page.loadEventFired")
    browser.value("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    browser.value(AXE.read_text("utf-8") + "; 0")
    found = browser.value("axe.run(document, {iframes: false}).then((all) => all.violations)")
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []
