import harvest
import pytest


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_titles(count: int) -> None:
    feed = [{"title": str(number)} for number in range(count)]
    assert len(harvest.titles(feed + feed)) == count


@pytest.mark.xdist_group("untitled")
def test_untitled() -> None:
    assert harvest.titles([{"link": "a"}]) == []
