"""A run as one page that needs nothing beside it: no network, no file, no other program than a browser."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from fintxsim import __version__
from fintxsim.dataset import Run, open_run
from fintxsim.errors import OutputPathError
from fintxsim.manifest import REPORT_NAME, write_atomically
from fintxsim.markup import Html, joined, tag
from fintxsim.report.facts import Facts, gather
from fintxsim.report.figures import Section, script_json
from fintxsim.report.sections import SECTIONS

_HERE = Path(__file__).parent


def write_report(run: Run | Path | str, path: Path | str | None = None, *, judged: bool = True) -> Path:
    """Write the page of a run and return where it is: ``report.html`` in the run when no path is given.

    ``judged`` adds realism and the leak audit, which take several times as long as the rest. RunNotFoundError,
    DamagedRunError; OutputPathError when the page cannot be written.
    """
    opened = run if isinstance(run, Run) else open_run(run)
    place = opened.path / REPORT_NAME if path is None else _required_outside(Path(path), opened)
    text = render(gather(opened, judged=judged))
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(place, text)
    except OSError as error:
        reason = error.strerror or error
        raise OutputPathError(
            f"{place}: cannot write the page: {reason}; mend that or choose another file with -o."
        ) from error
    return place


def _required_outside(path: Path, run: Run) -> Path:
    """OutputPathError for a directory, and for a file that would damage the run."""
    if path.is_dir():
        raise OutputPathError(f"{path}: is a directory; name a file with -o, such as {path / REPORT_NAME}.")
    inside = os.path.relpath(path.resolve(), run.path.resolve())
    if not inside.startswith(os.pardir) and inside != REPORT_NAME:
        raise OutputPathError(f"{path}: lies in the run, which has no such file; choose another one with -o.")
    return path


def render(facts: Facts) -> str:
    """The whole page. Equal facts give equal text."""
    sections = [section for make in SECTIONS if (section := make(facts)) is not None]
    figures = {figure.id: figure.plain() for section in sections for figure in section.figures}
    scripts = [_plotly(), _asset("page.js")]
    head = _head(f"{facts.manifest.name}, seed {facts.manifest.seed}", scripts)
    body = _body(facts, sections, scripts, script_json(figures))
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _head(title: str, scripts: Sequence[str]) -> Html:
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(scripts)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", f"{title} – fintxsim"),
        tag("style", Html(_asset("page.css"))),
    )


def _policy(scripts: Sequence[str]) -> str:
    """Nothing is loaded, and no script runs but those of the page. Plotly styles its own elements, hence the styles."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts
    )
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; "
        "form-action 'none'"
    )


def _body(facts: Facts, sections: Sequence[Section], scripts: Sequence[str], figures: str) -> Html:
    return tag(
        "body",
        tag("a", "Skip to the content", href="#content", class_="skip"),
        _header(facts, sections),
        tag("main", joined((section.html() for section in sections), "\n"), id="content"),
        tag("footer", f"Made by fintxsim {__version__} from the files of the run. All data are synthetic."),
        tag("script", Html(figures), type="application/json", id="figures"),
        joined(tag("script", Html(text)) for text in scripts),
    )


def _header(facts: Facts, sections: Sequence[Section]) -> Html:
    m = facts.manifest
    links = (tag("li", tag("a", section.title, href=f"#{section.id}")) for section in sections)
    what = f"Seed {m.seed}, fintxsim {m.fintxsim_version}, scenario digest {m.scenario_digest[:12]}"
    return tag(
        "header",
        tag("button", "Theme: system", id="theme", type="button", hidden=True),
        tag("p", "Synthetic transactions", class_="kicker"),
        tag("h1", m.name),
        tag("p", what, class_="soft"),
        tag("nav", tag("ol", joined(links)), aria_label="Contents"),
        tag("noscript", tag("p", _NOSCRIPT, class_="warning")),
    )


_NOSCRIPT = "The drawings need JavaScript. Their numbers are in the table below each."


def _plotly() -> str:
    """plotly.js as the installed package brings it, made safe to stand in a page."""
    from plotly.offline import get_plotlyjs

    library: str = get_plotlyjs()
    return library.replace("\r\n", "\n").replace("</script", r"<\/script").replace("<!--", r"<\!--")


def _asset(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
