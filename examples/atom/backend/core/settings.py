"""The settings of one process, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

ENVIRONMENTS = ("production", "staging", "development", "test")


class SettingsError(Exception):
    """The environment does not describe a service that can start."""


@dataclass(frozen=True, slots=True)
class Settings:
    environment: str
    version: str
    database_url: str | None
    lancedb_uri: str
    model_url: str | None
    token_lifetime: timedelta
    statement_timeout: timedelta

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Reads the settings; a variable that is set but empty counts as unset.

        Only `ENVIRONMENT=test` may leave the stores out: a service that starts without its database
        would pass a deploy's first look and fail its users.
        """
        environment = env.get("ENVIRONMENT") or "production"
        if environment not in ENVIRONMENTS:
            raise SettingsError(
                f"ENVIRONMENT is {environment!r}; expected one of {', '.join(ENVIRONMENTS)}"
            )
        if environment != "test":
            missing = [name for name in ("DATABASE_URL", "LANCEDB_URI") if not env.get(name)]
            if missing:
                raise SettingsError(f"not set, and needed in {environment}: {', '.join(missing)}")
        return cls(
            environment=environment,
            version=env.get("VERSION") or "unversioned",
            database_url=env.get("DATABASE_URL") or None,
            lancedb_uri=env.get("LANCEDB_URI") or "data/episodes",
            model_url=env.get("MODEL_URL") or None,
            token_lifetime=_seconds(env, "TOKEN_LIFETIME_SECONDS", default=3600),
            statement_timeout=_seconds(env, "STATEMENT_TIMEOUT_SECONDS", default=10),
        )


def _seconds(env: Mapping[str, str], name: str, *, default: int) -> timedelta:
    text = env.get(name)
    if not text:
        return timedelta(seconds=default)
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= 86_400:
        raise SettingsError(f"{name} is {text!r}; expected whole seconds from 1 to 86400")
    return timedelta(seconds=int(text))
