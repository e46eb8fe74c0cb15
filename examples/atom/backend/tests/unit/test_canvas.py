import pytest

from core.canvas import render
from core.errors import InvalidInput


def test_blank_lines_part_paragraphs() -> None:
    assert render("generic", "one\n\n\n\ntwo\nlines") == "<p>one</p>\n<p>two\nlines</p>"


def test_nothing_renders_to_nothing() -> None:
    assert render("generic", " \n\n ") == ""


@pytest.mark.parametrize("canvas_type", ["generic", "table"])
def test_markup_in_the_content_stays_text(canvas_type: str) -> None:
    rendered = render(canvas_type, "<script>alert('x')</script>")
    assert "<script" not in rendered
    assert "&lt;script&gt;" in rendered


def test_the_first_row_of_a_table_is_its_head() -> None:
    assert render("table", 'name,said\nAda,"one, two"\n') == (
        "<table>\n<tr><th>name</th><th>said</th></tr>\n<tr><td>Ada</td><td>one, two</td></tr>\n"
        "</table>"
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [("", "no rows"), ("a,b\nc\n", "needs 2 cells"), ('"open', "not CSV")],
)
def test_what_is_no_table_is_refused(content: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        render("table", content)


def test_an_unknown_type_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="'chart'"):
        render("chart", "x")
