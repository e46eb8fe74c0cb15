"""Text that no store can hold is the caller's mistake: as a 500 it would let anybody stop a canary.

PostgreSQL has no character NUL, and half of a surrogate pair has no UTF-8.
"""

import json

import pytest
from fastapi.testclient import TestClient

from tests.support import PASSWORD


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"], ids=["nul", "surrogate"])
@pytest.mark.parametrize(
    ("path", "name", "others"),
    [
        ("/api/auth/login", "username", {"password": PASSWORD}),
        ("/api/agents", "agent_id", {"name": "Guide"}),
        ("/api/agents", "name", {"agent_id": "guide"}),
        ("/api/agents", "instructions", {"agent_id": "guide", "name": "Guide"}),
        ("/api/agents/execute", "agent_id", {"query": "hello"}),
        ("/api/agents/execute", "query", {"agent_id": "smoke"}),
        ("/api/canvas/present", "content", {"canvas_type": "generic"}),
    ],
)
def test_in_a_body_it_is_refused(
    client: TestClient, path: str, name: str, others: dict[str, str], text: str
) -> None:
    # Not by `json=`: the client itself could not write the surrogate.
    response = client.post(
        path,
        content=json.dumps(others | {name: text}),
        headers={"Content-Type": "application/json"},
    )
    assert response.status_code == 422


@pytest.mark.parametrize("path", ["/api/agents/a%00b", "/api/canvas/a%00b"])
def test_in_a_path_it_is_refused(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 422


def test_in_a_document_it_is_refused(client: TestClient) -> None:
    response = client.post(
        "/api/canvas/import", content=b"a\0b", headers={"Content-Type": "text/plain"}
    )
    assert response.status_code == 422
