"""A pen for terminals."""


def stroke(text: str, colour: int) -> str:
    """A text in a colour."""
    return f"\x1b[3{colour}m{text}\x1b[0m"
