"""How to make the run again."""

from __future__ import annotations

from collections.abc import Iterator

from fintxsim.markup import Html, joined, table, tag
from fintxsim.report.facts import SETTINGS, Facts
from fintxsim.report.figures import Section


def remake(facts: Facts) -> Section:
    return Section("remake", "Make this run again", list(_content(facts)))


def _content(facts: Facts) -> Iterator[object]:
    m = facts.manifest
    if facts.settings:
        command = f"fintxsim generate {SETTINGS} -o ../{m.name}-again"
        yield f"In the directory of the run, with fintxsim {m.fintxsim_version}; seed and all settings are in the file:"
        yield tag("pre", command)
    yield "The command that made it, which needs the scenario as it was then:"
    yield tag("pre", m.command)
    yield "The values are the same again when these digests of manifest.json are:"
    rows = [
        (tag("code", path), f"{entry.rows:,}", tag("code", entry.values)) for path, entry in sorted(m.tables.items())
    ]
    yield tag("div", table(("table", "rows", "digest of the values"), rows, (1,)), class_="wide")
    versions = ", ".join(f"{name} {version}" for name, version in sorted(m.versions.items()))
    yield tag("p", f"Made with {versions}.", class_="soft")
    if facts.settings:
        yield _settings(facts.settings)


def _settings(text: str) -> Html:
    return tag("details", tag("summary", joined(["Every setting (", tag("code", SETTINGS), ")"])), tag("pre", text))
