import pytest

from core.errors import NotFound
from core.skills import SKILLS, find_skill


def test_every_skill_is_found_by_its_name() -> None:
    assert [find_skill(name).name for name in SKILLS] == list(SKILLS)


# The quadratic time of a careless pattern would be half a minute, with every other request waiting.
@pytest.mark.timeout(10)
@pytest.mark.parametrize("piece", ["a", "a@", "a.", "-", " ", ". ", "http://"])
@pytest.mark.parametrize("name", SKILLS)
def test_the_longest_text_takes_no_time(name: str, piece: str) -> None:
    find_skill(name).run(piece * (100_000 // len(piece)))


def test_an_unknown_skill_is_not_found() -> None:
    with pytest.raises(NotFound, match="'fly'"):
        find_skill("fly")


@pytest.mark.parametrize(
    ("text", "words", "lines"), [("", 0, 0), ("one", 1, 1), ("one two\nthree", 3, 2)]
)
def test_word_count(text: str, words: int, lines: int) -> None:
    assert find_skill("word-count").run(text) == {
        "words": words,
        "characters": len(text),
        "lines": lines,
    }


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Hello, World!", "hello-world"),
        ("Crème brûlée", "creme-brulee"),
        ("  ", ""),
        ("a--b", "a-b"),
    ],
)
def test_slugify(text: str, slug: str) -> None:
    assert find_skill("slugify").run(text) == {"slug": slug}


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("none", []),
        (
            "see https://example.com/a, then http://example.org.",
            ["https://example.com/a", "http://example.org"],
        ),
        ("https://example.com https://example.com", ["https://example.com"]),
        ('<a href="https://example.com/x">', ["https://example.com/x"]),
    ],
)
def test_extract_links(text: str, links: list[str]) -> None:
    assert find_skill("extract-links").run(text) == {"links": links}


@pytest.mark.parametrize(
    ("text", "summary", "left_out"),
    [("", "", 0), ("One.", "One.", 0), ("One. Two! Three? Four.", "One. Two!", 2)],
)
def test_summarise(text: str, summary: str, left_out: int) -> None:
    assert find_skill("summarise").run(text) == {"summary": summary, "left_out": left_out}


@pytest.mark.parametrize(
    ("text", "redacted", "found"),
    [
        ("nobody", "nobody", 0),
        ("ask ada@example.com.", "ask [e-mail address].", 1),
        ("a.b+c@mail.example.org, d@example.com", "[e-mail address], [e-mail address]", 2),
        (f"{'a' * 64}@example.com", "[e-mail address]", 1),
    ],
)
def test_redact(text: str, redacted: str, found: int) -> None:
    assert find_skill("redact").run(text) == {"text": redacted, "redacted": found}
