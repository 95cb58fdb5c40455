"""The page in a real browser: without a complaint, every figure drawn, on light and dark paper and on a small screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import fintxsim
from tests.browser import Browser, require_chromium
from tests.unit.report.conftest import SCENARIO

DRAWN = "[...document.querySelectorAll('.plot')].every(plot => plot.dataset.drawn)"
BOXES = """
[...document.querySelectorAll('.plot')].map(plot => {
  const image = plot.querySelector('.main-svg').getBoundingClientRect();
  return {
    id: plot.id, width: image.width, height: image.height, room: plot.parentElement.clientWidth,
    marks: plot.querySelectorAll('.plot .point, .plot .js-line, .plot .hm image').length,
  };
})
"""
PAPER, INK = "getComputedStyle(document.body).backgroundColor", "getComputedStyle(document.body).color"
AXIS = "getComputedStyle(document.querySelector('.plot .xtick text')).fill"
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(21, 25, 29)"
BROKEN = """<!doctype html><meta http-equiv="Content-Security-Policy" content="script-src 'unsafe-inline'; img-src 'none'">
<img src="data:image/png;base64,x"><script>console.error("said"); throw new Error("thrown")</script>"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("browser")
    (place / "page.yaml").write_text(SCENARIO.format(hostile="</script><script>window.hostile = 1</script>"))
    run = fintxsim.generate(place / "page.yaml", place / "run", report=False)
    return fintxsim.write_report(run)


@pytest.fixture
def browser() -> Iterator[Browser]:
    with Browser(require_chromium()) as opened:
        yield opened


def on_paper(browser: Browser, colour: str) -> None:
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": colour}])


def boxes(browser: Browser) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.evaluate(BOXES)
    return found


@pytest.mark.parametrize(("colour", "paper"), [("light", LIGHT), ("dark", DARK)])
def test_every_figure_is_drawn_and_nothing_is_complained_of(
    browser: Browser, page: Path, colour: str, paper: str
) -> None:
    on_paper(browser, colour)
    browser.open(page, DRAWN)
    found = boxes(browser)
    assert len(found) > 12
    assert [box for box in found if box["width"] < 300 or box["height"] < 100 or not box["marks"]] == []
    assert browser.evaluate(PAPER) == paper
    assert browser.said == []
    assert browser.evaluate("window.hostile") is None


@pytest.mark.parametrize("width", [360, 1600])
def test_the_page_fits_the_screen(browser: Browser, page: Path, width: int) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.call("Emulation.setDeviceMetricsOverride", **size)
    browser.open(page, DRAWN)
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    assert [box for box in boxes(browser) if abs(box["width"] - box["room"]) > 1] == []


def test_drawings_follow_the_width_of_the_window(browser: Browser, page: Path) -> None:
    browser.open(page, DRAWN)
    size = {"width": 500, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.call("Emulation.setDeviceMetricsOverride", **size)
    browser.evaluate("new Promise(done => setTimeout(done, 1000))")
    assert [box for box in boxes(browser) if abs(box["width"] - box["room"]) > 1] == []


def test_the_theme_can_be_switched(browser: Browser, page: Path) -> None:
    on_paper(browser, "light")
    browser.open(page, DRAWN)
    seen = []
    for _ in range(4):
        seen.append((browser.evaluate("document.getElementById('theme').textContent"), browser.evaluate(PAPER)))
        browser.evaluate("document.getElementById('theme').click()")
    assert seen == [
        ("Theme: system", LIGHT),
        ("Theme: light", LIGHT),
        ("Theme: dark", DARK),
        ("Theme: system", LIGHT),
    ]


def test_texts_of_drawings_follow_the_paper(browser: Browser, page: Path) -> None:
    on_paper(browser, "light")
    browser.open(page, DRAWN)
    on_light = browser.evaluate(AXIS)
    on_paper(browser, "dark")
    assert browser.evaluate(AXIS) != on_light


def test_paper_is_white_when_the_page_is_printed(browser: Browser, page: Path) -> None:
    on_paper(browser, "dark")
    browser.open(page, DRAWN)
    browser.call(
        "Emulation.setEmulatedMedia", media="print", features=[{"name": "prefers-color-scheme", "value": "dark"}]
    )
    assert (browser.evaluate(PAPER), browser.evaluate(INK)) == (LIGHT, "rgb(0, 0, 0)")
    assert len(browser.call("Page.printToPDF", printBackground=True)["data"]) > 100_000
    assert browser.said == []


def test_without_scripts_the_numbers_are_there(browser: Browser, page: Path) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(page, "document.querySelectorAll('figure details table').length > 12")
    assert "need JavaScript" in browser.evaluate("document.querySelector('noscript').textContent")


def test_complaints_are_heard(browser: Browser, tmp_path: Path) -> None:
    """The control: what the tests above say of a page without complaints means something."""
    (tmp_path / "broken.html").write_text(BROKEN)
    browser.open(tmp_path / "broken.html", "true")
    kinds = [text.split(":")[0] for text in browser.said]
    assert sorted(set(kinds)) == ["console", "exception", "log"]


@pytest.mark.parametrize(
    ("variable", "outcome", "said"),
    [("true", pytest.fail.Exception, "apt-get install chromium"), ("", pytest.skip.Exception, "not evaluated")],
)
def test_without_a_browser_ci_fails_and_others_are_told(
    monkeypatch: pytest.MonkeyPatch, variable: str, outcome: type[BaseException], said: str
) -> None:
    monkeypatch.setenv("CI", variable)
    monkeypatch.setattr("shutil.which", lambda *_: None)
    with pytest.raises(outcome, match=said):
        require_chromium()
