told: list[int] = []


def test_first() -> None:
    told.append(1)
    assert told == [1]


def test_second() -> None:
    told.append(2)
    assert told == [1, 2]
