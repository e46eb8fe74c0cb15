"""What happened, in order."""


def ordered(events: dict[int, str]) -> list[str]:
    """The events by their years."""
    return [events[year] for year in sorted(events)]


def century(year: int) -> int:
    """The century that a year is in."""
    return (year - 1) // 100 + 1
