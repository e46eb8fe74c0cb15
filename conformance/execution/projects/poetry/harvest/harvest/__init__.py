"""Collects what others publish."""


def titles(feed: list[dict[str, str]]) -> list[str]:
    """The titles of a feed's entries, each once."""
    return list(dict.fromkeys(entry["title"] for entry in feed if "title" in entry))
