"""More of them."""

import pytest


@pytest.mark.parametrize("word", ["a", "b c", "ä|ö", "[x]"])
def test_words(word: str) -> None:
    assert word
