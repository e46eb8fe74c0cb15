import pytest
import quill


@pytest.mark.parametrize("colour", range(4))
def test_colour(colour: int) -> None:
    assert quill.stroke("a", colour) == f"\x1b[3{colour}ma\x1b[0m"
