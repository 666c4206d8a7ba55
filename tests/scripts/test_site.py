"""The website of the documentation has every page, no broken link, nothing from another server, and fits 390 px."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from lab import site

from ..show.test_browser import CHROMIUM, Browser

pytest.importorskip("furo", reason="needs the dependency group site: pip install --group site")
pytestmark = pytest.mark.filterwarnings("ignore")  # those of Sphinx's own requirements
ROOT = Path(__file__).resolve().parents[2]
# What a browser loads by itself; links to other sites are for people to follow.
_LOADED = re.compile(
    r"""<(?:script|img|iframe|audio|video|source|embed|object)\b[^>]*?\b(?:src|data|srcset)\s*=\s*["']?(?:https?:)?//
      | <link\b[^>]*?\bhref\s*=\s*["']?(?:https?:)?// | url\(\s*["']?(?:https?:)?// | @import\s+["'](?:https?:)?//""",
    re.VERBOSE | re.IGNORECASE,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "site"
    site.build(folder)
    return folder


def test_every_page_is_there_and_in_the_table_of_contents(made: Path) -> None:
    pages = [ROOT / name for name in ("CONTRIBUTING.md", "CHANGELOG.md")] + sorted((ROOT / "docs").rglob("*.md"))
    contents = (made / "index.html").read_text("utf-8") + (made / "docs/decisions/README.html").read_text("utf-8")
    assert len(pages) > 50
    for page in pages:
        assert (made / page.relative_to(ROOT).with_suffix(".html")).exists()
        assert f"{page.stem}.html" in contents, page


def test_nothing_comes_from_another_server(made: Path) -> None:
    files = [path for path in made.rglob("*") if path.suffix in (".html", ".css", ".js", ".svg")]
    assert len(files) > 50
    found = {str(path.relative_to(made)): _LOADED.findall(path.read_text("utf-8")) for path in files}
    assert {name: one for name, one in found.items() if one} == {}
    assert not re.search(r"fonts\.(googleapis|gstatic)|cdn\.|unpkg", "".join(p.read_text("utf-8") for p in files))


@pytest.mark.parametrize("link", ["nowhere.md", "operating.md#no-such-heading"])
def test_a_broken_link_is_found(link: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docs").mkdir()
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/operating.md"):
        (tmp_path / name).write_text("# A page\n\nwords\n")
    (tmp_path / "docs" / "check.md").write_text(f"# Another\n\n[a link]({link})\n")
    monkeypatch.setattr(site, "ROOT", tmp_path)
    monkeypatch.setattr(site, "CHAPTERS", {})
    with pytest.raises(site.SiteError, match=r"docs/check\.md:3"):
        site.build(tmp_path / "site")


@pytest.fixture
def served(made: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(made))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.skipif(not CHROMIUM, reason="needs Chromium")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_and_a_wide_window_show_every_page_without_scrolling_sideways(
    served: str, made: Path, scheme: str, tmp_path: Path
) -> None:
    browser = Browser(tmp_path / "chromium")
    try:
        browser("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        for width in (390, 1280):
            browser("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
            wide = []
            for page in sorted(made.rglob("*.html")):
                browser("Page.navigate", url=f"{served}/{page.relative_to(made)}")
                browser.wait_for("Page.loadEventFired")
                if browser.value("document.documentElement.scrollWidth > innerWidth"):
                    wide.append(str(page.relative_to(made)))
                colour = browser.value("getComputedStyle(document.body).backgroundColor")
                light = sum(map(int, re.findall(r"\d+", colour)[:3])) > 380
                assert light is (scheme == "light"), (page, colour)
            assert wide == [], width
    finally:
        browser.close()
