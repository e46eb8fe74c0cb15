"""Flows in a power grid."""


def balance(generated: list[float], used: list[float]) -> float:
    """What is left over."""
    return sum(generated) - sum(used)


def days(year: int) -> int:
    """The days of a year."""
    return 366 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 365
