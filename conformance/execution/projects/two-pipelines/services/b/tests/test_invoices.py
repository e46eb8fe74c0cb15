import billing


def test_nothing_is_paid() -> None:
    assert billing.owed([3, 4], []) == 7


def test_everything_is_paid() -> None:
    assert billing.owed([3], [3]) == 0
