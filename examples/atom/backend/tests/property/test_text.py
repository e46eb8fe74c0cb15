"""Properties of the pure functions."""

import csv
import io
import math
import sqlite3
from html.parser import HTMLParser

from hypothesis import assume, example, given
from hypothesis import strategies as st
from sqlalchemy import make_url

from core.canvas import render
from core.database import driver_url
from core.embedding import embed
from core.episodes import quoted
from core.passwords import hash_password, verify_password
from core.skills import find_skill
from tests.support import CHEAP

words = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12)
plain = st.text(st.characters(exclude_categories=["C"]), max_size=200)


class Reader(HTMLParser):
    """Collects what a browser would show, and which elements it would make."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: set[str] = set()
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not attrs

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@given(
    st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=60),
    st.text(max_size=60),
)
@example("", "\0")
@example("a", "a\0")
def test_a_hash_matches_its_own_password_alone(password: str, other: str) -> None:
    stored = hash_password(password, CHEAP)
    assert verify_password(password, stored)
    assert verify_password(other, stored) == (other == password)


@given(st.text(max_size=60))
def test_no_stored_text_makes_verification_fail_loudly(stored: str) -> None:
    assert not verify_password("password", stored)


@given(st.text(max_size=300))
def test_every_vector_has_length_one(text: str) -> None:
    assert math.isclose(math.hypot(*embed(text)), 1.0, rel_tol=1e-9)


@given(st.lists(words, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_words_does_not_change_the_vector(texts: list[str], random: object) -> None:
    shuffled = sorted(texts, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert embed(" ".join(texts)) == embed(" ".join(shuffled))


@given(plain)
def test_a_canvas_shows_its_content_and_makes_only_paragraphs(content: str) -> None:
    reader = Reader(render("generic", content))
    assert reader.tags <= {"p"}
    assert "".join(reader.texts).split() == content.split()


@given(st.lists(st.lists(plain, min_size=2, max_size=2), min_size=1, max_size=5))
def test_a_table_shows_every_cell(rows: list[list[str]]) -> None:
    content = io.StringIO()
    csv.writer(content, quoting=csv.QUOTE_ALL).writerows(rows)
    reader = Reader(render("table", content.getvalue()))
    assert reader.tags <= {"table", "tr", "th", "td"}
    assert "".join(reader.texts).split() == "".join(f"{a}{b}\n" for a, b in rows).split()


@given(st.text(max_size=100))
def test_a_slug_is_safe_and_stays_as_it_is(text: str) -> None:
    slug = find_skill("slugify").run(text)["slug"]
    assert isinstance(slug, str)
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not slug.startswith("-")
    assert find_skill("slugify").run(slug)["slug"] == slug


@given(st.lists(words, max_size=20))
def test_words_are_counted(texts: list[str]) -> None:
    assert find_skill("word-count").run(" \n".join(texts))["words"] == len(texts)


@given(
    st.lists(words, min_size=1, max_size=8).map(lambda it: [f"https://example.com/{x}" for x in it])
)
def test_links_come_back_once_and_in_order(links: list[str]) -> None:
    found = find_skill("extract-links").run(", ".join(links))["links"]
    assert found == list(dict.fromkeys(links))


@given(st.lists(words, max_size=9))
def test_a_summary_and_what_it_leaves_out_are_the_whole(sentences: list[str]) -> None:
    result = find_skill("summarise").run(" ".join(f"{sentence}." for sentence in sentences))
    assert isinstance(result["left_out"], int)
    assert len(str(result["summary"]).split()) + result["left_out"] == len(sentences)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=100))
def test_a_quoted_text_is_one_literal(text: str) -> None:
    with sqlite3.connect(":memory:") as connection:
        assert connection.execute(f"SELECT {quoted(text)}").fetchone() == (text,)
    connection.close()


@given(st.text(min_size=1, max_size=30), st.text(min_size=1, max_size=30))
def test_any_password_survives_in_a_database_url(username: str, password: str) -> None:
    url = make_url("postgresql://db/atom").set(username=username, password=password)
    assume("\0" not in username + password)
    parsed = make_url(driver_url(url.render_as_string(hide_password=False)))
    assert (parsed.username, parsed.password) == (username, password)
