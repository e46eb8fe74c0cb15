import pytest
from sqlalchemy.exc import ArgumentError

from core.database import driver_url


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_gets_the_driver(scheme: str) -> None:
    assert driver_url(f"{scheme}://u:p@db:5432/atom") == "postgresql+psycopg://u:p@db:5432/atom"


@pytest.mark.parametrize(
    "url", ["sqlite:///atom.db", "mysql://db/atom", "postgresql+asyncpg://db/a"]
)
def test_another_database_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="not a PostgreSQL URL"):
        driver_url(url)


def test_what_is_no_url_is_refused() -> None:
    with pytest.raises(ArgumentError):
        driver_url("atom")
