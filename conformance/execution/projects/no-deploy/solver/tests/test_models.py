import gridflow


def test_a_year_of_weather() -> None:
    assert gridflow.balance([1.0] * 365, [1.0] * 365) == 0


def test_surplus() -> None:
    assert gridflow.balance([2.0], [0.5]) == 1.5
