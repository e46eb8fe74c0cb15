from datetime import timedelta

import pytest

from core.settings import ENVIRONMENTS, Settings, SettingsError

STORES = {"DATABASE_URL": "postgresql://db/atom", "LANCEDB_URI": "s3://bucket/episodes"}


def test_a_test_environment_needs_nothing_else() -> None:
    settings = Settings.from_env({"ENVIRONMENT": "test"})
    assert settings.database_url is None
    assert settings.version == "unversioned"


@pytest.mark.parametrize("environment", ["production", "staging", "development"])
@pytest.mark.parametrize("missing", ["DATABASE_URL", "LANCEDB_URI"])
def test_outside_tests_every_store_must_be_named(environment: str, missing: str) -> None:
    env = STORES | {"ENVIRONMENT": environment, missing: ""}
    with pytest.raises(SettingsError, match=missing):
        Settings.from_env(env)


def test_all_missing_stores_are_named_together() -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL, LANCEDB_URI"):
        Settings.from_env({})


def test_without_a_name_the_environment_is_production() -> None:
    assert Settings.from_env(STORES).environment == "production"


def test_an_unknown_environment_is_refused() -> None:
    with pytest.raises(SettingsError, match="'prod'"):
        Settings.from_env(STORES | {"ENVIRONMENT": "prod"})


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_listed_environment_is_accepted(environment: str) -> None:
    assert Settings.from_env(STORES | {"ENVIRONMENT": environment}).environment == environment


def test_an_empty_variable_counts_as_unset() -> None:
    settings = Settings.from_env({"ENVIRONMENT": "test", "MODEL_URL": "", "VERSION": ""})
    assert settings.model_url is None
    assert settings.version == "unversioned"


def test_durations_are_read_in_seconds() -> None:
    settings = Settings.from_env({"ENVIRONMENT": "test", "TOKEN_LIFETIME_SECONDS": "90"})
    assert settings.token_lifetime == timedelta(seconds=90)


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "1h", "86401", "²", " 5"])
def test_a_duration_that_is_not_whole_seconds_of_a_day_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="STATEMENT_TIMEOUT_SECONDS"):
        Settings.from_env({"ENVIRONMENT": "test", "STATEMENT_TIMEOUT_SECONDS": text})
