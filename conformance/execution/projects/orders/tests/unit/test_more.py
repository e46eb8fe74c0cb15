from chronicle import ordered


def test_of_one_year() -> None:
    assert ordered({1903: "flight"}) == ["flight"]
