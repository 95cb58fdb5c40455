"""The page as a whole: complete, harmless, readable without a network and without eyes, and always the same."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

import fintxsim.report.facts as gathering
from fintxsim.dataset import Run, open_run
from fintxsim.errors import DamagedRunError, OutputPathError
from fintxsim.report.facts import SETTINGS, Facts, gather
from fintxsim.report.figures import Figure, harmless, script_json
from fintxsim.report.page import render, write_report
from fintxsim.report.sections import SECTIONS
from fintxsim.verify import Outcome, verify_run
from tests.unit.conftest import RunMaker, Tables, payment
from tests.unit.report.conftest import HOSTILE
from tests.unit.report.pages import Element, figures, parsed

MOST_BYTES = 8_000_000


@pytest.fixture(scope="session")
def read(page: str) -> Element:
    return parsed(page)


# --- what is in it --------------------------------------------------------------------------------------


def test_every_chapter_is_there_in_its_order_and_in_the_contents(read: Element) -> None:
    ids = [section.attributes["id"] for section in read.all("section")]
    assert len(ids) == len(SECTIONS)
    links = [link.attributes["href"] for nav in read.all("nav") for link in nav.all("a")]
    assert links == [f"#{name}" for name in ids]


def test_the_run_is_named(read: Element, run: Run) -> None:
    assert [title.text for title in read.all("h1")] == [run.manifest.name]
    assert run.manifest.name in read.all("title")[0].text


def test_what_people_look_for_comes_first(read: Element, run: Run) -> None:
    first = read.all("section")[0].text
    for text in (f"{run.manifest.tables['data/transactions'].rows:,}", "24 days", "2026-03-20 to 2026-04-12"):
        assert text in first
    for entry in run.manifest.fraud:
        assert entry.typology in first
        assert f"{entry.realised_bps_count:.2f}" in first
        assert f"{entry.approved_frauds:,}" in first


def test_ids_are_unique(read: Element, page: str) -> None:
    ids = re.findall(r'<[a-z0-9]+[^<>]* id="([^"]+)"', page)
    assert len(ids) == len(set(ids)) > 20


def test_every_figure_has_a_caption_a_label_and_its_numbers(read: Element) -> None:
    drawn, found = figures(read), read.all("figure")
    assert len(found) == len(drawn) > 12
    for figure in found:
        (plot,) = figure.all("div", class_="plot", role="img")
        assert plot.attributes["id"] in drawn
        assert len(plot.attributes["aria-label"] or "") > 20
        assert len(figure.all("figcaption")[0].text) > 10
        (details,) = figure.all("details")
        assert details.all("summary")[0].text == "Data as table"
        heads, rows = details.all("th", scope="col"), details.all("tr")[1:]
        assert len(heads) > 1
        assert rows
        assert {len(row.all("td")) for row in rows} == {len(heads)}


def test_axes_have_titles_with_units_or_are_times_and_names(read: Element) -> None:
    for name, figure in figures(read).items():
        for key, axis in figure["layout"].items():
            if re.fullmatch(r"[xy]axis\d*", key) and axis.get("type") not in ("date", "category"):
                is_a_row = name == "figure-fraud-days" or (name.startswith("figure-week") and key == "yaxis")
                assert axis["title"]["text"] or is_a_row, f"{name} {key}"


def test_the_two_classes_differ_in_more_than_colour(read: Element) -> None:
    """Dash, symbol or place tell apart what some eyes see alike."""
    for name in ("figure-amounts", "figure-labels"):
        dashes = [trace["line"]["dash"] for trace in figures(read)[name]["data"]]
        assert len(dashes) == len(set(dashes)) > 1
    for name, figure in figures(read).items():
        markers = [t["marker"]["symbol"] for t in figure["data"] if t.get("mode") == "markers" and "name" in t]
        assert len(markers) == len(set(markers)), name


def test_what_takes_long_is_named_when_it_is_left_out(read: Element) -> None:
    for name in ("realism", "audit"):
        (section,) = read.all("section", id=name)
        assert "Not evaluated here" in section.text
        assert "fintxsim report RUN" in section.text


def test_the_full_page_has_facts_and_leak_checks(run: Run) -> None:
    full = gather(run, judged=True)
    read = parsed(render(full))
    assert full.audit is not None
    assert full.fidelity is not None
    (audit,), (realism,) = read.all("section", id="audit"), read.all("section", id="realism")
    assert "Not evaluated here" not in audit.text + realism.text
    assert [row.all("td")[0].text for row in audit.all("tr")[1:]] == [result.name for result in full.audit.results]
    facts = [row.all("td")[0].text for row in realism.all("tr")[1:]]
    assert all(fact.metric in text for fact, text in zip(full.fidelity.facts, facts, strict=True))


# --- harmless -------------------------------------------------------------------------------------------


def test_what_a_scenario_says_stays_text(page: str, read: Element, run: Run) -> None:
    settings = (run.path / SETTINGS).read_text()
    assert HOSTILE.split(" & ")[0] in settings
    assert settings in read.all("section", id="remake")[0].text
    assert read.all("img") == []
    assert len(read.all("script")) == 3


@pytest.mark.parametrize("field", ["name", "command", "timezone", "fintxsim_version"])
def test_what_a_manifest_says_stays_text(facts: Facts, field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    value = HOSTILE if field != "timezone" else "Europe/Amsterdam"
    fraud = tuple(entry.model_copy(update={"reason": HOSTILE, "timeline": HOSTILE}) for entry in facts.manifest.fraud)
    changes = {field: value, "fraud": fraud, "warnings": (HOSTILE,), "versions": {HOSTILE: HOSTILE}}
    monkeypatch.setattr(facts.run, "manifest", facts.manifest.model_copy(update=changes))
    read = parsed(render(facts))
    assert read.all("img") == []
    assert len(read.all("script")) == 3
    assert read.all("p", class_="warning")[1].text == HOSTILE


def test_texts_of_data_are_no_markup_for_plotly() -> None:
    trace = {"x": [HOSTILE, 1], "marker": {"color": "#fff"}, "text": HOSTILE, "hovertemplate": "a<br>b"}
    assert "<" not in script_json(harmless(trace)["x"]) + harmless(trace)["text"]
    assert harmless(trace)["hovertemplate"] == "a<br>b"


def test_lines_of_a_text_stay_lines() -> None:
    assert harmless({"y": ["a\n<b>"]}) == {"y": ["a<br>&lt;b&gt;"]}


def test_what_is_not_a_number_is_null_and_numbers_are_short() -> None:
    assert harmless({"x": [float("nan"), 1 / 3, 7]}) == {"x": [None, 0.333333, 7]}


def test_json_cannot_end_its_script() -> None:
    text = script_json({"a": HOSTILE})
    assert not set("<>&") & set(text)


def test_a_hostile_figure_stays_a_figure() -> None:
    figure = Figure(HOSTILE, HOSTILE, HOSTILE, [], {"height": 100}, (HOSTILE,), [(HOSTILE,)])
    (made,) = parsed(figure.html()).all("figure")
    assert made.all("script") == made.all("img") == []
    assert made.all("div")[0].attributes["aria-label"] == HOSTILE


def test_nothing_is_loaded_from_anywhere(read: Element) -> None:
    def elements(element: Element) -> list[Element]:
        return [element, *(each for child in element.children for each in elements(child))]

    every = elements(read)
    assert {each.name for each in every} & {"link", "iframe", "object", "embed", "base", "form", "img"} == set()
    assert [each.attributes for each in every if "src" in each.attributes or "srcset" in each.attributes] == []
    assert {str(each.attributes["href"])[0] for each in every if "href" in each.attributes} == {"#"}
    assert [a for each in every for a in each.attributes if a.startswith("on")] == []
    styles = "".join(each.text for each in read.all("style"))
    assert not re.search(r"url\(|@import|https?:", styles)


def test_the_policy_forbids_everything_but_the_scripts_of_the_page(read: Element) -> None:
    (meta,) = read.all("meta", http_equiv="Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in str(meta.attributes["content"]).split(";"))
    scripts = ["".join(script.texts) for script in read.all("script") if "type" not in script.attributes]
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]
    assert rules["default-src"] == "'none'"
    assert rules["script-src"].split() == [f"'sha256-{text}'" for text in hashes]
    assert "connect-src" not in rules


def test_the_library_is_there_once_with_its_licence(page: str) -> None:
    assert len(re.findall(r"^\* plotly\.js v[\d.]+$", page, re.MULTILINE)) == 1
    assert "Licensed under the MIT license" in page


# --- the file -------------------------------------------------------------------------------------------


def test_the_page_is_small_enough(page: str) -> None:
    assert len(page.encode()) < MOST_BYTES


def test_the_same_run_gives_the_same_bytes(run: Run, page: str, tmp_path: Path) -> None:
    first = write_report(open_run(run.path), tmp_path / "here" / "page.html", judged=False)
    assert first == tmp_path / "here" / "page.html"
    assert first.read_bytes().decode() == page


def test_a_run_with_its_page_is_as_whole_as_without(make_run: RunMaker) -> None:
    path = make_run()
    assert verify_run(path)["files"].outcome is Outcome.PASS
    for _ in range(2):
        assert write_report(open_run(path), judged=False) == path / "report.html"
        assert verify_run(path)["files"].outcome is Outcome.PASS
    (path / "report.html").unlink()
    assert verify_run(path)["files"].outcome is Outcome.PASS


def test_a_page_that_cannot_be_written_leaves_the_old_one(make_run: RunMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_run()
    (path / "report.html").write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutputPathError, match=r"report\.html: cannot write the page: No space left .* another file"):
        write_report(open_run(path), judged=False)
    assert (path / "report.html").read_text() == "old"
    assert [file.name for file in path.iterdir() if file.name.startswith(".")] == []


def test_a_directory_is_no_place_for_a_page(make_run: RunMaker, tmp_path: Path) -> None:
    with pytest.raises(OutputPathError, match=r"is a directory; name a file with -o, such as .*report\.html"):
        write_report(open_run(make_run()), tmp_path)


@pytest.mark.parametrize("name", ["manifest.json", "data/report.html", "other.html", "data/../README.md"])
def test_no_page_is_put_among_the_files_of_the_run(make_run: RunMaker, name: str) -> None:
    path = make_run()
    before = (path / "manifest.json").read_bytes()
    with pytest.raises(OutputPathError, match="lies in the run, which has no such file"):
        write_report(open_run(path), path / name)
    assert (path / "manifest.json").read_bytes() == before


def test_the_usual_place_may_be_named(make_run: RunMaker) -> None:
    path = make_run()
    assert write_report(open_run(path), path / "report.html", judged=False).is_file()


def test_a_run_that_cannot_be_read_is_damaged(make_run: RunMaker) -> None:
    path = make_run()
    next((path / "data" / "transactions").glob("*.parquet")).write_bytes(b"PAR1")
    with pytest.raises(DamagedRunError, match="cannot be read: .*see `fintxsim verify`"):
        write_report(open_run(path), judged=False)


def test_a_run_without_its_settings_tells_the_rest(make_run: RunMaker) -> None:
    read = parsed(render(gather(open_run(make_run()), judged=False)))
    (section,) = read.all("section", id="remake")
    assert "fintxsim generate small" in section.text
    assert SETTINGS not in section.text


def test_a_run_without_fraud_has_a_page(make_run: RunMaker) -> None:
    nothing: dict[str, Any] = {"truth/transactions": [], "truth/campaigns": [], "truth/actors": []}
    read = parsed(render(gather(open_run(make_run(nothing, fraud=())), judged=True)))
    assert "there is no fraud in this run" in read.all("section", id="glance")[0].text
    ids = {section.attributes["id"] for section in read.all("section")}
    assert not ids & {"campaigns", "customers", "fraud-days"}


def test_a_run_without_payments_of_a_known_kind_says_so(make_run: RunMaker, tables: Tables) -> None:
    salaries = [payment(100 + k, k, 900.0, transaction_type="salary", rail="account_to_account", channel="batch",
                        direction="credit", card_id=None, merchant_id=None, terminal_id=None, mcc=None)
                for k in range(5)]  # fmt: skip
    read = parsed(render(gather(open_run(make_run({"data/transactions": salaries})), judged=True)))
    (section,) = read.all("section", id="realism")
    assert "The run has no payments of a kind" in section.text


def test_the_audit_is_not_run_unless_it_is_asked_for(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "_audit", lambda _: pytest.fail("audited"))
    monkeypatch.setattr(gathering, "_fidelity", lambda _: pytest.fail("measured"))
    assert gather(run, judged=False).audit is None
