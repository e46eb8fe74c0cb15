"""Skills: small pure functions on text that agents and users can call by name."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.errors import NotFound

_LINK = re.compile(r"https?://[^\s<>\"']+")
# What stands before the `@` has at most 64 characters; without that limit the time that a text
# without an `@` takes would grow with the square of its length.
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Skill:
    name: str
    summary: str
    run: Callable[[str], Mapping[str, object]]


def word_count(text: str) -> Mapping[str, object]:
    words = text.split()
    return {"words": len(words), "characters": len(text), "lines": len(text.splitlines())}


def slugify(text: str) -> Mapping[str, object]:
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return {"slug": re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")}


def extract_links(text: str) -> Mapping[str, object]:
    """Each link once, in the order of appearance, without the sentence's punctuation."""
    links = (link.rstrip(".,;:!?)]}") for link in _LINK.findall(text))
    return {"links": list(dict.fromkeys(links))}


def summarise(text: str) -> Mapping[str, object]:
    """The first two sentences."""
    sentences = [part for part in _SENTENCE_END.split(text.strip()) if part]
    return {"summary": " ".join(sentences[:2]), "left_out": max(0, len(sentences) - 2)}


def redact(text: str) -> Mapping[str, object]:
    redacted, found = _EMAIL.subn("[e-mail address]", text)
    return {"text": redacted, "redacted": found}


SKILLS: Mapping[str, Skill] = {
    skill.name: skill
    for skill in (
        Skill("extract-links", "Lists the web links of a text.", extract_links),
        Skill("redact", "Takes the e-mail addresses out of a text.", redact),
        Skill("slugify", "Turns a title into a part of a URL.", slugify),
        Skill("summarise", "Keeps the first two sentences.", summarise),
        Skill("word-count", "Counts words, characters and lines.", word_count),
    )
}


def find_skill(name: str) -> Skill:
    try:
        return SKILLS[name]
    except KeyError:
        raise NotFound(f"there is no skill {name!r}") from None
