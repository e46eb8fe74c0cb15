"""The app without its stores."""

import runpy
from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from core.schema import ROOT
from core.settings import Settings, SettingsError


@pytest.fixture
def app(make_settings: Callable[..., Settings]) -> FastAPI:
    return create_app(make_settings())


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def run_main(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], object]:
    """Runs `main.py` as its import does, in an environment that names no store; returns the app.

    In this process, because a new one would spend seconds on importing what is here already.
    """

    def run(environment: str) -> object:
        monkeypatch.setenv("ENVIRONMENT", environment)
        for name in ("DATABASE_URL", "LANCEDB_URI"):
            monkeypatch.delenv(name, raising=False)
        return runpy.run_path(str(ROOT / "main.py"))["app"]

    return run


def test_main_is_imported_in_tests_without_any_store(run_main: Callable[[str], object]) -> None:
    assert isinstance(run_main("test"), FastAPI)


def test_main_is_not_imported_in_production_without_its_stores(
    run_main: Callable[[str], object],
) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL, LANCEDB_URI"):
        run_main("production")


def test_alive_without_a_database(client: TestClient) -> None:
    response = client.get("/health/live")
    assert response.status_code == 200
    assert response.json() == {"status": "healthy", "version": "abc123-7-1"}


@pytest.mark.parametrize("path", ["/health/ready", "/health/db"])
def test_not_ready_without_a_database(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 503
    assert response.json()["status"] == "unhealthy"


def test_a_request_that_needs_the_database_says_what_is_missing(client: TestClient) -> None:
    response = client.post("/api/auth/login", json={"username": "ada", "password": "x"})
    assert response.status_code == 503
    assert response.json() == {"detail": "no database is configured"}


def test_a_database_that_does_not_answer_is_a_503_without_its_address(
    make_settings: Callable[..., Settings],
) -> None:
    # Port 1 refuses at once on any machine.
    app = create_app(make_settings(DATABASE_URL="postgresql://u:secret@localhost:1/atom"))
    with TestClient(app) as client:
        login = client.post("/api/auth/login", json={"username": "ada", "password": "x"})
        ready = client.get("/health/ready")
        database = client.get("/health/db")
    assert login.status_code == ready.status_code == database.status_code == 503
    assert login.json() == {"detail": "the database cannot be used"}
    assert database.json() == {"status": "unhealthy", "schema": "unreachable"}


def test_metrics_are_in_the_text_format(client: TestClient) -> None:
    response = client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")


def test_a_request_is_counted_with_its_code(client: TestClient) -> None:
    client.get("/nowhere")
    assert 'http_requests_total{code="404",version="abc123-7-1"} 1.0' in client.get("/metrics").text


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/health/db", "/metrics"])
def test_probes_and_scrapes_are_not_counted(client: TestClient, path: str) -> None:
    client.get(path)
    text = client.get("/metrics").text
    assert 'http_request_duration_seconds_count{version="abc123-7-1"} 0.0' in text


def test_an_error_that_nothing_handles_is_counted_as_500(app: FastAPI, client: TestClient) -> None:
    @app.get("/broken")
    def broken() -> None:
        raise LookupError("a defect")

    assert client.get("/broken").status_code == 500
    assert 'http_requests_total{code="500",version="abc123-7-1"} 1.0' in client.get("/metrics").text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/auth/me"),
        ("POST", "/api/auth/logout"),
        ("GET", "/api/agents"),
        ("POST", "/api/agents"),
        ("POST", "/api/agents/execute"),
        ("GET", "/api/agents/smoke"),
        ("DELETE", "/api/agents/smoke"),
        ("GET", "/api/agents/smoke/executions"),
        ("GET", "/api/agents/smoke/episodes"),
        ("GET", "/api/canvas"),
        ("POST", "/api/canvas/present"),
        ("POST", "/api/canvas/import"),
        ("GET", "/api/canvas/x"),
        ("GET", "/api/skills"),
        ("POST", "/api/skills/slugify/run"),
    ],
)
def test_nothing_is_served_without_a_login(app: FastAPI, method: str, path: str) -> None:
    from api.dependencies import get_session

    app.dependency_overrides[get_session] = lambda: None
    with TestClient(app) as client:
        response = client.request(method, path, json={})
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"


def test_the_list_of_protected_routes_is_complete(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    open_routes = {
        (method.upper(), path)
        for path, methods in paths.items()
        for method, operation in methods.items()
        if "security" not in operation
    }
    assert open_routes == {
        ("POST", "/api/auth/login"),
        ("GET", "/health/live"),
        ("GET", "/health/ready"),
        ("GET", "/health/db"),
        ("GET", "/metrics"),
    }
