"""Password hashes by scrypt, each with its cost beside it so that the cost can be raised."""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass

SALT_BYTES = 16
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Cost:
    """The scrypt parameters: `n` iterations of blocks of size `r`, `p` times over."""

    n: int
    r: int
    p: int

    @property
    def memory(self) -> int:
        """Bytes that one hash needs, with room for OpenSSL's own overhead."""
        return 128 * self.r * (self.n + self.p + 2) + 1024


# One of OWASP's equivalent recommendations for scrypt, the one that needs 16 MiB a login.
RECOMMENDED = Cost(n=2**14, r=8, p=5)


def hash_password(password: str, cost: Cost = RECOMMENDED) -> str:
    salt = secrets.token_bytes(SALT_BYTES)
    key = _derive(password, salt, cost)
    return f"scrypt${cost.n}${cost.r}${cost.p}${_text(salt)}${_text(key)}"


def verify_password(password: str, stored: str) -> bool:
    """Whether the password matches; a stored value that cannot be read matches nothing."""
    try:
        scheme, n, r, p, salt, key = stored.split("$")
        expected = base64.b64decode(key, validate=True)
        actual = _derive(
            password, base64.b64decode(salt, validate=True), Cost(int(n), int(r), int(p))
        )
    except (ValueError, binascii.Error):
        return False
    return scheme == "scrypt" and hmac.compare_digest(actual, expected)


def _derive(password: str, salt: bytes, cost: Cost) -> bytes:
    # HMAC, on which scrypt is built, fills a short key with NULs: "a" and "a\0" would be the same.
    if "\0" in password:
        raise ValueError("a password must not contain the character NUL")
    return hashlib.scrypt(
        password.encode(),
        salt=salt,
        n=cost.n,
        r=cost.r,
        p=cost.p,
        maxmem=cost.memory,
        dklen=KEY_BYTES,
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
