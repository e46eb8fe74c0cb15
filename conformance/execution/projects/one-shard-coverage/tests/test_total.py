import sys

sys.path.insert(0, "src")

from shop import total  # noqa: E402


def test_total() -> None:
    assert total([1, 2]) == 3
