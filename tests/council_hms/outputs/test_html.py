"""The page's table and paper: what a reader, a screen reader and a browser find in them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from lxml import html as lxml_html

from council_hms.document import Document, Heading, Paragraph, Span, plain
from council_hms.grid import Cell, Column, Format, Grid, Row, RowKind
from council_hms.money import Negative, Unit
from council_hms.outputs import Style, html, render
from tests.council_hms.outputs.appendix_3 import appendix_3
from tests.council_hms.outputs.papers import cabinet_report
from tests.council_hms.outputs.readers import assert_printed, html_rows


def test_appendix_3_reads_as_the_paper_prints_it():
    assert_printed(html_rows(html.grid(appendix_3())))


def test_brackets_and_millions_are_the_councils_choice():
    rows = html_rows(html.grid(appendix_3(negative=Negative.BRACKETS)))
    assert rows["Additional Budget Ask"][3] == "(58.0)"
    rows = html_rows(html.grid(appendix_3(unit=Unit.MILLIONS)))
    assert rows["Additional Budget Ask"][4] == "0.497"


def test_every_head_says_what_it_heads():
    tree = lxml_html.fromstring(html.grid(appendix_3()))
    heads = tree.xpath("//thead/tr[1]/th")
    assert [(th.text_content(), th.get("scope"), th.get("colspan")) for th in heads] == [
        ("Capital", "colgroup", "5"),
        ("Revenue", "colgroup", "5"),
    ]
    # a colgroup head reaches the columns of its colgroup element
    assert [group.get("span") for group in tree.xpath("//colgroup")] == [None, "5", "5"]
    assert {th.get("scope") for th in tree.xpath("//thead/tr[2]/th")} == {"col"}
    assert {th.get("scope") for th in tree.xpath("//tbody//th[not(@colspan)]")} == {"row"}
    (heading,) = tree.xpath("//tbody//th[@colspan]")
    assert (heading.get("scope"), heading.get("colspan")) == ("rowgroup", "11")
    # the answer is no part of "Budget available"
    assert len(tree.xpath("//tbody")) == 3
    assert tree.xpath("//tbody[3]//th")[0].text_content() == "Additional Budget Ask"
    assert tree.xpath("//table/caption")[0].text_content().startswith("Housing management system")


def test_an_empty_corner_is_no_empty_head():
    tree = lxml_html.fromstring(html.grid(appendix_3()))
    assert not [th for th in tree.iter("th") if not th.text_content().strip()]


def test_nil_and_brackets_are_read_out():
    tree = lxml_html.fromstring(html.grid(appendix_3(negative=Negative.BRACKETS)))
    (nil,) = tree.xpath("//td[contains(@class, 'grid__figure--nil')]")
    assert nil.text_content() == "-"
    assert nil[0].get("aria-label") == "nil"
    negative = tree.xpath("//td[contains(@class, 'grid__figure--negative')]")
    assert [cell[0].get("aria-label") for cell in negative] == ["minus 58.0", "minus 6.8"]


def test_figures_link_to_the_lines_behind_them():
    tree = lxml_html.fromstring(html.grid(appendix_3()))
    links = tree.xpath("//td/a")
    assert {link.get("href") for link in links} == {"/lines/hra/"}
    assert [link.text_content() for link in links[:2]] == ["245.0", "58.0"]


def test_a_remark_is_marked_and_stands_beneath():
    tree = lxml_html.fromstring(html.grid(appendix_3()))
    assert tree.xpath("//sup")[0].text_content() == "a"
    assert [li.text_content() for li in tree.xpath("//ul/li")] == [
        "The capital ask is net of a surplus of £58k in 2026-27.",
        "a Surplus",
    ]


def test_other_kinds_of_column():
    grid = Grid(
        "Lines",
        [
            Column("source", "Source"),
            Column("year", "Year", Format.YEAR),
            Column("on", "Date", Format.DATE),
            Column("count", "Count", Format.COUNT),
            Column("share", "Share", Format.PERCENT),
            Column("known", "Amount", Format.MONEY),
        ],
        [
            Row(
                "one",
                "First",
                {
                    "source": Cell("HRA & reserves"),
                    "year": Cell(2023),
                    "on": Cell(dt.date(2023, 6, 4)),
                    "count": Cell(1200),
                    "share": Cell(Decimal("12.50")),
                    "known": Cell("not known"),
                },
            )
        ],
    )
    expected = ["HRA & reserves", "2023-24", "4 June 2023", "1,200", "12.5%", "not known"]
    assert html_rows(html.grid(grid)) == {"First": expected}


def test_words_and_addresses_cannot_become_markup():
    nasty = "<script>alert(1)</script>\"'&\x00"
    grid = Grid(
        nasty,
        [Column("a", nasty, group=nasty), Column("m", nasty, Format.MONEY, nasty)],
        [
            Row(nasty, nasty, {"a": Cell(nasty, href='/x"onmouseover="y', note=nasty)}),
            Row("j", "j", {"m": Cell(Decimal(5), href="java\nscript:alert(1)")}),
        ],
        row_heading=nasty,
        notes=[nasty],
    )
    page = str(html.grid(grid, number=nasty))
    assert "<script" not in page
    assert "\x00" not in page
    tree = lxml_html.fromstring(page)
    assert [dict(link.attrib) for link in tree.iter("a")] == [{"href": '/x"onmouseover="y'}]


def test_a_grid_of_nothing_is_still_a_table():
    tree = lxml_html.fromstring(html.grid(Grid("Nothing yet", [Column("a", "A")], [])))
    assert tree.xpath("//caption")[0].text_content() == "Nothing yet"


def test_a_heading_row_with_figures_keeps_them():
    grid = Grid(
        "T",
        [Column("a", "A", Format.MONEY)],
        [Row("h", "Head", {"a": Cell(Decimal(1000))}, RowKind.HEADING)],
    )
    assert html_rows(html.grid(grid)) == {"Head": ["1.0"]}


def test_a_paper_has_headings_in_order_numbers_lists_and_bound_figures():
    page = html.document(cabinet_report())
    tree = lxml_html.fromstring(page)
    levels = [int(each.tag[1]) for each in tree.iter("h1", "h2", "h3", "h4")]
    assert levels == [1, 2, 2, 2, 2, 3, 2]  # the level 4 under a level 2 became a 3
    assert tree.xpath("//p[@id='p3']/span")[0].text_content() == "3."
    assert tree.xpath("//h2[@id='appendix-3']")
    (figure,) = tree.iter("data")
    assert (figure.get("value"), figure.text_content()) == ("497400.00", "£497k")
    assert figure.get("data-figure") == "capital_ask"
    assert tree.xpath("//dl//dt")[0].text_content() == "To"
    assert tree.xpath("//caption")[0].text_content().startswith("Table 1: Housing")
    assert tree.xpath("//*[@role='img'][contains(@aria-label, '263k')]")


def test_a_pages_own_title_keeps_the_first_heading_to_itself():
    tree = lxml_html.fromstring(html.document(cabinet_report(), level_offset=1))
    assert not tree.xpath("//h1")


def test_a_file_that_stands_alone_is_a_whole_page():
    page = render(cabinet_report("Exempt: not for publication"), "html", Style(council="Example"))
    tree = lxml_html.fromstring(page)
    assert tree.get("lang") == "en-GB"
    assert tree.xpath("//title")[0].text == "Housing management system: request for resources"
    assert len(tree.xpath("//h1")) == 1
    assert tree.xpath("//style")
    assert not tree.xpath("//script")
    assert not tree.xpath("//@style")
    assert tree.xpath("//img/@alt") == ["Spend ran ahead of approval by £263k"]
    assert page.count(b"Exempt: not for publication") == 2
    # an address inside the product leads nowhere from a file; places in the paper and the web do
    assert {link.get("href") for link in tree.iter("a")} == {"#p3", "https://example.org/plan"}
    alone = lxml_html.fromstring(render(appendix_3(), "html"))
    assert not alone.xpath("//table//a")  # an address inside the product leads nowhere from a file
    assert alone.xpath("//dd")[1].text_content() == "14 June 2023"


def test_a_colour_cannot_end_the_style_sheet():
    page = render(appendix_3(), "html", Style(colour="red}</style><script>"))
    assert b"<script>" not in page


def test_a_paper_without_a_title_block_gets_one():
    paper = Document("The title", [Heading("Part", 3), Paragraph((Span("<b>", bold=True),))])
    tree = lxml_html.fromstring(html.document(paper))
    assert [(each.tag, each.text) for each in tree.iter("h1", "h2", "h3")] == [
        ("h1", "The title"),
        ("h2", "Part"),
    ]
    assert tree.xpath("//strong")[0].text == "<b>"
    assert plain("x")[0].text == "x"
