"""Ten statements, of which importing this runs five."""


def one() -> int:
    return 1


def two() -> int:
    return 2


def three() -> int:
    return 3


def four() -> int:
    return 4


def five() -> int:
    return 5
