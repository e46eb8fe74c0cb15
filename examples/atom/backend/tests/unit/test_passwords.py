import pytest

from core.passwords import RECOMMENDED, Cost, hash_password, verify_password
from tests.support import CHEAP


def test_the_right_password_matches() -> None:
    assert verify_password("correct horse", hash_password("correct horse", CHEAP))


@pytest.mark.parametrize("wrong", ["", "correct hors", "correct horse ", "Correct horse"])
def test_a_wrong_password_does_not(wrong: str) -> None:
    assert not verify_password(wrong, hash_password("correct horse", CHEAP))


def test_equal_passwords_have_different_hashes() -> None:
    assert hash_password("correct horse", CHEAP) != hash_password("correct horse", CHEAP)


def test_the_cost_is_read_from_the_hash_so_that_it_can_be_raised() -> None:
    assert verify_password("correct horse", hash_password("correct horse", Cost(n=32, r=2, p=1)))


def test_the_recommended_cost_is_within_the_memory_that_it_states() -> None:
    assert RECOMMENDED.memory < 20 * 1024 * 1024
    assert verify_password("correct horse", hash_password("correct horse"))


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "correct horse",
        "scrypt$16$1$1$c2FsdA==",
        "scrypt$16$1$1$not base64$not base64",
        "scrypt$15$1$1$c2FsdA==$a2V5",
        "scrypt$many$1$1$c2FsdA==$a2V5",
    ],
)
def test_a_hash_that_cannot_be_read_matches_nothing(stored: str) -> None:
    assert not verify_password("correct horse", stored)


def test_a_hash_of_another_scheme_matches_nothing() -> None:
    stored = hash_password("correct horse", CHEAP).replace("scrypt", "md5", 1)
    assert not verify_password("correct horse", stored)
