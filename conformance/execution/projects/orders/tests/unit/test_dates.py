import pytest
from chronicle import century, ordered


class TestCenturies:
    @pytest.mark.parametrize(("year", "number"), [(1, 1), (100, 1), (101, 2), (2000, 20)])
    def test_number(self, year: int, number: int) -> None:
        assert century(year) == number


class TestOrder:
    def test_of_years(self) -> None:
        assert ordered({1969: "landing", 1903: "flight"}) == ["flight", "landing"]

    def test_of_none(self) -> None:
        assert ordered({}) == []
