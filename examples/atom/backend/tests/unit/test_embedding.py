import pytest

from core.embedding import DIMENSIONS, embed


def cosine(left: str, right: str) -> float:
    return sum(a * b for a, b in zip(embed(left), embed(right), strict=True))


def test_a_vector_has_the_dimensions_of_the_table() -> None:
    assert len(embed("hello")) == DIMENSIONS


def test_case_order_and_punctuation_do_not_matter() -> None:
    assert embed("Hello, world") == embed("WORLD hello!")


def test_texts_that_share_words_are_nearer_than_texts_that_do_not() -> None:
    question = "how do I deploy to staging"
    assert cosine(question, "deploy staging now") > cosine(question, "bake a lemon cake")


@pytest.mark.parametrize("text", ["", "?!", "\n"])
def test_a_text_without_words_still_has_a_direction(text: str) -> None:
    assert embed(text)[0] == 1.0


def test_the_vector_is_the_same_in_every_process() -> None:
    # Python's own hash() differs from process to process; stored vectors must not.
    assert [i for i, value in enumerate(embed("stable")) if value] == [100]
