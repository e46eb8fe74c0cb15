"""Text as a vector, by hashing its words: no model to download, the same in every process."""

import hashlib
import math
import re

DIMENSIONS = 128

_WORD = re.compile(r"\w+")


def embed(text: str) -> list[float]:
    """A unit vector; texts of the same words, in any order and case, have the same one."""
    vector = [0.0] * DIMENSIONS
    for word in _WORD.findall(text.casefold()):
        digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
        # A sign of its own lets two words that share a dimension cancel instead of adding up.
        vector[int.from_bytes(digest[:4], "big") % DIMENSIONS] += 1.0 if digest[4] & 1 else -1.0
    length = math.sqrt(sum(value * value for value in vector))
    if length == 0.0:
        # Cosine distance is undefined for the zero vector.
        vector[0] = length = 1.0
    return [value / length for value in vector]
