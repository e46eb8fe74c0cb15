"""Every request commits what it did: here each has a session of its own, and nothing is overridden.

The other tests share one session with the app and would not notice a forgotten commit.
"""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from core.database import Database
from core.settings import Settings
from core.users import add_user, remove_user
from tests.integration.conftest import log_in
from tests.support import CHEAP, PASSWORD


@pytest.fixture
def committed_username(database: Database, unique_resource_name: str) -> Iterator[str]:
    with database.session.begin() as session:
        add_user(session, unique_resource_name, PASSWORD, CHEAP)
    yield unique_resource_name
    with database.session.begin() as session:
        remove_user(session, unique_resource_name)


@pytest.fixture
def client(settings: Settings, committed_username: str) -> Iterator[TestClient]:
    app = create_app(settings)
    with TestClient(app):
        yield log_in(app, committed_username)


def test_a_login_and_a_logout_are_kept(client: TestClient, committed_username: str) -> None:
    assert client.get("/api/auth/me").json() == {"username": committed_username}
    client.post("/api/auth/logout")
    assert client.get("/api/auth/me").status_code == 401


def test_an_agent_is_kept_until_it_is_removed(client: TestClient) -> None:
    client.post("/api/agents", json={"agent_id": "guide", "name": "Guide"})
    assert client.get("/api/agents/guide").status_code == 200
    client.delete("/api/agents/guide")
    assert client.get("/api/agents/guide").status_code == 404


def test_an_execution_is_kept(client: TestClient) -> None:
    client.post("/api/agents/execute", json={"agent_id": "smoke", "query": "hello"})
    assert len(client.get("/api/agents/smoke/executions").json()) == 1


def test_canvases_are_kept(client: TestClient) -> None:
    client.post("/api/canvas/present", json={"canvas_type": "generic", "content": "one"})
    client.post("/api/canvas/import", content=b"two", headers={"Content-Type": "text/plain"})
    assert {canvas["content"] for canvas in client.get("/api/canvas").json()} == {"one", "two"}
