"""HTML that is escaped by construction."""

from __future__ import annotations

import pytest

from fintxsim.markup import Html, html, joined, table, tag

WORST = "<script>&\"'</script>"


def test_text_is_escaped() -> None:
    assert html(WORST) == "&lt;script&gt;&amp;&quot;&#x27;&lt;/script&gt;"


def test_html_stays_as_it_is() -> None:
    assert html(Html("<b>")) == "<b>"


@pytest.mark.parametrize("letter", ["\0", "\x1b", "\x7f", "\x9f", chr(0xD800), chr(0xDFFF)])
def test_what_html_does_not_allow_is_replaced(letter: str) -> None:
    assert html(f"a{letter}b") == "a\ufffdb"


def test_lines_and_letters_of_all_languages_stay() -> None:
    assert html("naïve\n\t東京 😀") == "naïve\n\t東京 😀"


def test_content_and_attributes_are_escaped() -> None:
    assert tag("p", WORST, title='"> <b') == f'<p title="&quot;&gt; &lt;b">{html(WORST)}</p>'


def test_attributes_are_named_as_in_html_and_left_out_when_there_is_none() -> None:
    made = tag("p", class_="soft", aria_label="x", hidden=True, id=None, open=False)
    assert made == '<p class="soft" aria-label="x" hidden></p>'


def test_an_empty_element_has_no_end() -> None:
    assert tag("meta", charset="utf-8") == '<meta charset="utf-8">'


def test_parts_are_joined_as_html() -> None:
    assert joined(["<", tag("b", 1)], "&") == "&lt;&amp;<b>1</b>"


def test_a_table_escapes_its_cells_and_aligns_numbers() -> None:
    made = table(("name", "n"), [("<a>", 1)], right=[1])
    assert made == (
        '<table><thead><tr><th scope="col">name</th><th class="n" scope="col">n</th></tr></thead>'
        '<tbody><tr><td>&lt;a&gt;</td><td class="n">1</td></tr></tbody></table>'
    )
