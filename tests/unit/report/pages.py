"""A page, read as a browser would: its elements, its texts, its data."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

_EMPTY = {"br", "hr", "meta", "img", "link", "input", "base"}


@dataclass
class Element:
    name: str
    attributes: dict[str, str | None]
    parent: Element | None
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text within, in some order."""
        return " ".join([*self.texts, *(child.text for child in self.children)])

    def all(self, name: str, **attributes: str) -> list[Element]:
        """Elements within, by name and attributes (class_ for class)."""
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        found = [self] if self.name == name and wanted.items() <= self.attributes.items() else []
        return found + [each for child in self.children for each in child.all(name, **attributes)]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {}, None)
        self.here = self.root
        self.declarations: list[str] = []
        self.comments: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs), self.here)
        self.here.children.append(element)
        if tag not in _EMPTY:
            self.here = element

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.here.name, f"</{tag}> ends <{self.here.name}>"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def parsed(page: str) -> Element:
    """The elements of a page; an assertion fails when they are not nested properly, or when there are comments."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.here is reader.root
    assert reader.comments == []
    return reader.root


def figures(page: Element) -> dict[str, Any]:
    """What the page's script draws, by the id of the place."""
    (script,) = page.all("script", type="application/json")
    loaded: dict[str, Any] = json.loads("".join(script.texts))
    return loaded
