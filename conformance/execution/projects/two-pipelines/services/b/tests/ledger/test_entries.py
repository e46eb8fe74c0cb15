import billing


def test_no_entries() -> None:
    assert billing.owed([], []) == 0
