"""Some tests of several modules' worth, for the shards to share."""

import pytest

import metered


@pytest.mark.parametrize("count", range(6))
def test_counts(count: int) -> None:
    assert count >= 0


class TestGroup:
    def test_first(self) -> None:
        assert metered.one() == 1

    def test_second(self) -> None:
        assert metered.two() == 2


@pytest.mark.skip(reason="not on this machine")
def test_elsewhere() -> None:
    raise AssertionError
