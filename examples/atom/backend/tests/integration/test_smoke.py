"""The probes that a deploy is judged by, in their order."""

from fastapi.testclient import TestClient

from core.models import User
from tests.support import PASSWORD


def test_the_probes_of_a_deploy(anonymous: TestClient, user: User) -> None:
    login = anonymous.post(
        "/api/auth/login", json={"username": user.username, "password": PASSWORD}
    )
    token = login.json()["access_token"]
    assert anonymous.get("/health/live").status_code == 200
    assert anonymous.get("/health/ready").json()["status"] == "healthy"
    assert anonymous.get("/health/db").status_code == 200
    execution = anonymous.post(
        "/api/agents/execute",
        json={"agent_id": "smoke", "query": "hello"},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert execution.status_code == 200
    assert execution.json()["answer"] == "Smoke heard: hello"


def test_what_the_probes_did_is_in_the_metrics(client: TestClient) -> None:
    client.post("/api/agents/execute", json={"agent_id": "smoke", "query": "hello"})
    client.post("/api/agents/execute", json={"agent_id": "nobody", "query": "hello"})
    lines = client.get("/metrics").text.splitlines()
    # The login of the `client` fixture is the other request with 200.
    assert 'http_requests_total{code="200",version="abc123-7-1"} 2.0' in lines
    assert 'http_requests_total{code="404",version="abc123-7-1"} 1.0' in lines
    assert 'http_request_duration_seconds_bucket{le="+Inf",version="abc123-7-1"} 3.0' in lines
