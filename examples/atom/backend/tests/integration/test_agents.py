from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy.orm import Session

from api.app import create_app
from api.dependencies import get_session
from core.models import User
from core.settings import Settings
from tests.conftest import MockedHttp
from tests.integration.conftest import log_in

GUIDE = {"agent_id": "guide", "name": "Guide", "instructions": "Be brief.", "model": "local"}


@pytest.fixture
def guide(client: TestClient) -> str:
    assert client.post("/api/agents", json=GUIDE).status_code == 201
    return GUIDE["agent_id"]


def execute(client: TestClient, agent_id: str, query: str) -> Response:
    return client.post("/api/agents/execute", json={"agent_id": agent_id, "query": query})


def test_a_created_agent_is_shown(client: TestClient, guide: str) -> None:
    assert client.get(f"/api/agents/{guide}").json() == GUIDE


def test_every_user_has_the_smoke_agent_first(client: TestClient, guide: str) -> None:
    assert [agent["agent_id"] for agent in client.get("/api/agents").json()] == ["smoke", guide]


@pytest.mark.parametrize("agent_id", ["guide", "smoke"])
@pytest.mark.usefixtures("guide")
def test_an_id_is_taken_once(client: TestClient, agent_id: str) -> None:
    response = client.post("/api/agents", json=GUIDE | {"agent_id": agent_id})
    assert response.status_code == 409
    assert agent_id in response.json()["detail"]


@pytest.mark.usefixtures("guide")
def test_another_user_may_use_the_same_id(stranger: TestClient) -> None:
    assert stranger.post("/api/agents", json=GUIDE).status_code == 201


@pytest.mark.parametrize(
    "change",
    [
        {"agent_id": ""},
        {"agent_id": "Guide"},
        {"agent_id": "-guide"},
        {"agent_id": "guide-"},
        {"agent_id": "g" * 64},
        {"name": ""},
        {"model": "telepathy"},
        {"instructions": "x" * 8001},
    ],
)
def test_what_is_no_agent_is_refused(client: TestClient, change: dict[str, str]) -> None:
    assert client.post("/api/agents", json=GUIDE | change).status_code == 422


def test_an_answer_is_recorded(client: TestClient, guide: str) -> None:
    answer = execute(client, guide, "where is the station").json()
    assert answer["answer"] == "Guide heard: where is the station"
    assert client.get(f"/api/agents/{guide}/executions").json() == [answer]


def test_an_agent_remembers_what_it_was_asked(client: TestClient, guide: str) -> None:
    execute(client, guide, "where is the station")
    answer = execute(client, guide, "where is the old station").json()["answer"]
    assert answer.endswith("Earlier: where is the station")


def test_an_agent_does_not_mention_what_has_nothing_to_do_with_it(
    client: TestClient, guide: str
) -> None:
    execute(client, guide, "bake a lemon cake")
    assert "Earlier" not in execute(client, guide, "where is the station").json()["answer"]


def test_episodes_are_listed_and_searched(client: TestClient, guide: str) -> None:
    for query in ("where is the station", "bake a lemon cake"):
        execute(client, guide, query)
    latest = client.get(f"/api/agents/{guide}/episodes").json()
    assert [episode["query"] for episode in latest] == ["bake a lemon cake", "where is the station"]
    found = client.get(f"/api/agents/{guide}/episodes", params={"like": "the station"}).json()
    assert found[0]["query"] == "where is the station"
    assert found[0]["similarity"] > found[1]["similarity"]


def test_the_newest_execution_is_first_and_the_limit_holds(client: TestClient, guide: str) -> None:
    for number in range(3):
        execute(client, guide, f"question {number}")
    found = client.get(f"/api/agents/{guide}/executions", params={"limit": 2}).json()
    assert [execution["query"] for execution in found] == ["question 2", "question 1"]


@pytest.mark.parametrize("limit", ["0", "101", "many"])
def test_a_limit_out_of_range_is_refused(client: TestClient, limit: str) -> None:
    response = client.get("/api/agents/smoke/executions", params={"limit": limit})
    assert response.status_code == 422


@pytest.mark.parametrize("query", ["", "x" * 4001])
def test_a_query_of_a_wrong_length_is_refused(client: TestClient, query: str) -> None:
    assert execute(client, "smoke", query).status_code == 422


def test_another_users_agent_does_not_exist(
    client: TestClient, stranger: TestClient, guide: str
) -> None:
    execute(client, guide, "a secret")
    assert stranger.get(f"/api/agents/{guide}").status_code == 404
    assert execute(stranger, guide, "hello").status_code == 404
    assert stranger.delete(f"/api/agents/{guide}").status_code == 404
    assert stranger.get(f"/api/agents/{guide}/executions").json() == []
    assert stranger.get(f"/api/agents/{guide}/episodes").json() == []


def test_a_removed_agent_forgets_and_its_executions_stay(client: TestClient, guide: str) -> None:
    execute(client, guide, "where is the station")
    assert client.delete(f"/api/agents/{guide}").status_code == 204
    assert client.get(f"/api/agents/{guide}").status_code == 404
    assert client.get(f"/api/agents/{guide}/episodes").json() == []
    assert len(client.get(f"/api/agents/{guide}/executions").json()) == 1


def test_the_smoke_agent_cannot_be_removed(client: TestClient) -> None:
    assert client.delete("/api/agents/smoke").status_code == 422


def test_a_remote_agent_needs_a_model_service(client: TestClient) -> None:
    client.post("/api/agents", json=GUIDE | {"model": "remote"})
    response = execute(client, "guide", "hello")
    assert response.status_code == 502
    assert response.json() == {"detail": "no model service is configured"}
    assert client.get("/api/agents/guide/executions").json() == []


def test_a_remote_agent_asks_the_model_service(
    make_settings: Callable[..., Settings],
    database_url: str,
    db_session: Session,
    user: User,
    mocked_http: MockedHttp,
) -> None:
    settings = make_settings(DATABASE_URL=database_url, MODEL_URL="http://model.test")
    app: FastAPI = create_app(settings)
    app.dependency_overrides[get_session] = lambda: db_session
    with TestClient(app):
        client = log_in(app, user.username)
        client.post("/api/agents", json=GUIDE | {"model": "remote"})
        mocked_http.reply(Response(200, json={"answer": "left"}))
        assert execute(client, "guide", "where").json()["answer"] == "left"
    assert str(mocked_http.requests[0].url) == "http://model.test/answers"


def test_without_its_memory_an_agent_does_not_answer(
    make_settings: Callable[..., Settings], database_url: str, db_session: Session, user: User
) -> None:
    settings = make_settings(DATABASE_URL=database_url, LANCEDB_URI="nowhere://episodes")
    app = create_app(settings)
    app.dependency_overrides[get_session] = lambda: db_session
    with TestClient(app):
        client = log_in(app, user.username)
        response = execute(client, "smoke", "hello")
        assert response.status_code == 503
        assert response.json() == {"detail": "the episode store cannot be used"}
        assert client.get("/api/agents/smoke/executions").json() == []
