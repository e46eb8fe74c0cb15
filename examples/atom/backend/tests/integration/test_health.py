from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from core.settings import Settings
from tests.conftest import migrate


def test_ready_when_the_database_answers(anonymous: TestClient) -> None:
    response = anonymous.get("/health/ready")
    assert response.status_code == 200
    assert response.json() == {"status": "healthy", "version": "abc123-7-1"}


def test_the_migrated_database_is_healthy(anonymous: TestClient) -> None:
    response = anonymous.get("/health/db")
    assert response.status_code == 200
    assert response.json() == {"status": "healthy", "schema": "current"}


@pytest.mark.parametrize(("revision", "schema"), [(None, "empty"), ("0001", "behind")])
def test_a_database_not_migrated_far_enough_is_unhealthy_but_the_service_is_ready(
    make_settings: Callable[..., Settings],
    empty_database_url: str,
    revision: str | None,
    schema: str,
) -> None:
    if revision is not None:
        migrate(empty_database_url, revision)
    with TestClient(create_app(make_settings(DATABASE_URL=empty_database_url))) as client:
        database, ready = client.get("/health/db"), client.get("/health/ready")
    assert (database.status_code, ready.status_code) == (503, 200)
    assert database.json() == {"status": "unhealthy", "schema": schema}


def test_the_sessions_of_the_app_itself_reach_the_database(settings: Settings) -> None:
    with TestClient(create_app(settings)) as client:
        response = client.post("/api/auth/login", json={"username": "nobody", "password": "x"})
    assert response.status_code == 401
