import gridflow


def test_leap_day() -> None:
    assert gridflow.days(2024) == 365


def test_other_years() -> None:
    assert gridflow.days(2023) == 365
