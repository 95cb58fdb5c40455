"""A figure: an interactive drawing, its caption, and the same numbers as a table for whoever does not see it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from fintxsim.markup import Html, html, joined, table, tag

Trace = dict[str, Any]
Layout = dict[str, Any]

_DATA = frozenset({"x", "y", "z", "text", "name", "customdata", "ticktext", "categoryarray"})
"""Keys of a figure whose texts may come from a run; Plotly would read them as markup."""


@dataclass(frozen=True)
class Figure:
    """``label`` says what is drawn; ``rows`` below ``head`` are its numbers, ``right`` the columns to align."""

    id: str
    label: str
    caption: object
    data: Sequence[Trace]
    layout: Layout
    head: Sequence[str]
    rows: Sequence[Sequence[object]]
    right: Sequence[int] = field(default=())

    def html(self) -> Html:
        drawing = tag(
            "div", class_="plot", id=self.id, role="img", aria_label=self.label,
            style=f"height:{self.layout['height']}px",
        )  # fmt: skip
        numbers = table(self.head, self.rows, self.right)
        alternative = tag("details", tag("summary", "Data as table"), tag("div", numbers, class_="wide"))
        return tag("figure", drawing, tag("figcaption", self.caption), alternative)

    def plain(self) -> dict[str, Any]:
        """What the page's script draws."""
        return {"data": [harmless(trace) for trace in self.data], "layout": harmless(self.layout)}


def harmless(value: Any, is_data: bool = False) -> Any:
    """The same value with every text that may come from a run escaped, for Plotly reads texts as markup.

    Lines of a text stay lines; numbers have six significant digits, and what is not a number is null.
    """
    if isinstance(value, dict):
        return {key: harmless(inner, key in _DATA) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [harmless(inner, is_data) for inner in value]
    if isinstance(value, float):
        return None if value != value else float(f"{value:.6g}")
    return str(html(value)).replace("\n", "<br>") if is_data and isinstance(value, str) else value


def script_json(value: Any) -> str:
    """JSON that can stand in a script element: nothing in it ends the element or begins a comment."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@dataclass(frozen=True)
class Section:
    """A chapter of the page: a title and what stands below it, figures among it."""

    id: str
    title: str
    content: Sequence[object]

    @property
    def figures(self) -> Iterable[Figure]:
        return (part for part in self.content if isinstance(part, Figure))

    def html(self) -> Html:
        return tag("section", tag("h2", self.title), joined(map(_part, self.content), "\n"), id=self.id)


def _part(part: object) -> Html:
    """A figure, HTML as it is, or a paragraph of text."""
    if isinstance(part, Figure):
        return part.html()
    return part if isinstance(part, Html) else tag("p", part)
