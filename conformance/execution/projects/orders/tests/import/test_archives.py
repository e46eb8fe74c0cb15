import pytest
from chronicle import century


@pytest.mark.parametrize("year", range(1700, 2000, 50))
def test_year(year: int) -> None:
    assert century(year) in (17, 18, 19, 20)
