import pytest
from fastapi.testclient import TestClient

from core.skills import SKILLS


def test_all_skills_are_listed(client: TestClient) -> None:
    assert [skill["name"] for skill in client.get("/api/skills").json()] == list(SKILLS)


@pytest.mark.parametrize("name", SKILLS)
def test_every_skill_runs(client: TestClient, name: str) -> None:
    response = client.post(f"/api/skills/{name}/run", json={"text": "Ask ada@example.com. Now."})
    assert response.status_code == 200
    assert response.json() == {
        "skill": name,
        "result": SKILLS[name].run("Ask ada@example.com. Now."),
    }


def test_an_unknown_skill_is_not_found(client: TestClient) -> None:
    response = client.post("/api/skills/fly/run", json={"text": ""})
    assert response.status_code == 404
    assert response.json() == {"detail": "there is no skill 'fly'"}


def test_a_text_that_is_too_long_is_refused(client: TestClient) -> None:
    response = client.post("/api/skills/slugify/run", json={"text": "x" * 100_001})
    assert response.status_code == 422
