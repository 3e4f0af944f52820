"""An author's text becomes a paper in one pass: what a figure gives is never read again."""

from __future__ import annotations

import pytest

from council_hms.document import Bullets, GridBlock, Heading, Paragraph, Span
from reports import markup
from reports.markup import Resolved


def resolve(words: str) -> Resolved:
    if words.startswith("insert"):
        return Resolved(blocks=[Heading("a table", 3)])
    return Resolved(Span(f"<{words}>{{spent}}**", figure=words))


def text_of(block) -> str:
    return "".join(span.text for span in block.text)


def test_a_figure_stands_in_the_sentence_and_is_not_read_again():
    (paragraph,) = markup.blocks("Spent {spent | k} **of {approved}**.", resolve, number="1.")
    assert text_of(paragraph) == "Spent <spent | k>{spent}** of <approved>{spent}**.".replace(
        "  ", " "
    )
    assert [span.bold for span in paragraph.text if span.figure == "approved"] == [True]
    assert paragraph.number == "1."


def test_lists_are_lettered_or_pointed_and_set_in_under_their_paragraph():
    blocks = markup.blocks("Key:\n\na. One\nb. Two\n\n- point\n  - inner", resolve, number="4.")
    assert blocks[0].number == "4."
    assert isinstance(blocks[1], Bullets)
    assert list(blocks[1].marks) == ["a.", "b."]
    assert blocks[1].indent == 1
    assert [each.indent for each in blocks[2:]] == [1, 2]


def test_a_table_stands_on_a_line_of_its_own():
    blocks = markup.blocks("Above:\n\n{insert:funding}\n\nBelow", resolve, number="1.")
    assert [type(block) for block in blocks] == [Paragraph, Heading, Paragraph]
    assert blocks[2].number == ""
    assert blocks[2].indent == 1


def test_a_typed_table_keeps_its_heads_and_rows():
    (block,) = markup.blocks("| Year | Cost |\n|---|---|\n| 2023-24 | {ask} |", resolve)
    assert isinstance(block, GridBlock)
    assert block.grid.row_heading == "Year"
    assert block.grid.rows[0].label == "2023-24"
    assert block.grid.rows[0].value("c1") == "<ask>{spent}**"


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "![x](javascript:alert(1))",
        "{{ 7*7 }}",
        "{% include 'x' %}",
        "&lt;b&gt;",
        "`code` and ~~~",
        "    indented",
        "> quote",
        "\\{spent\\}",
        "{",
        "}{",
        "a {b\nc} d",
    ],
)
def test_everything_else_stays_the_text_that_it_is(typed):
    blocks = markup.blocks(typed, lambda words: Resolved(Span(f"[{words}]")))
    text = " ".join(text_of(block) for block in blocks if isinstance(block, Paragraph))
    for part in ("script", "alert(1)", "code", "indented", "quote"):
        if part in typed:
            assert part in text
    assert all(
        not span.href for block in blocks if isinstance(block, Paragraph) for span in block.text
    )


def test_a_brace_can_be_only_a_brace():
    (paragraph,) = markup.blocks("\\{spent}", resolve)
    assert text_of(paragraph) == "{spent}"
