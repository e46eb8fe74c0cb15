from datetime import timedelta

import pytest
import time_machine
from fastapi import FastAPI
from fastapi.testclient import TestClient

from core.models import User
from tests.integration.conftest import log_in
from tests.support import PASSWORD


def test_a_login_gives_a_token_and_its_life(anonymous: TestClient, user: User) -> None:
    response = anonymous.post(
        "/api/auth/login", json={"username": user.username, "password": PASSWORD}
    )
    assert response.status_code == 200
    body = response.json()
    assert body["token_type"] == "bearer"
    assert body["expires_in"] == 3600
    assert len(body["access_token"]) >= 43


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(
    anonymous: TestClient, user: User
) -> None:
    answers = [
        anonymous.post("/api/auth/login", json={"username": name, "password": "wrong password"})
        for name in (user.username, "nobody")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize(
    "body", [{}, {"password": PASSWORD}, {"username": "ada", "password": "a" * 257}, []]
)
def test_what_is_no_login_is_refused_without_echoing_it(
    anonymous: TestClient, body: object
) -> None:
    response = anonymous.post("/api/auth/login", json=body)
    assert response.status_code == 422
    assert {tuple(it) for it in response.json()["detail"]} == {("type", "loc", "msg")}


def test_a_form_is_no_login(anonymous: TestClient, user: User) -> None:
    response = anonymous.post(
        "/api/auth/login", data={"username": user.username, "password": PASSWORD}
    )
    assert response.status_code == 422


def test_me_is_who_logged_in(client: TestClient, user: User) -> None:
    assert client.get("/api/auth/me").json() == {"username": user.username}


@pytest.mark.parametrize("header", ["Bearer x", "Basic YTpi", "Bearer", "x"])
def test_a_header_without_a_valid_token_is_refused(anonymous: TestClient, header: str) -> None:
    response = anonymous.get("/api/auth/me", headers={"Authorization": header})
    assert response.status_code == 401


def test_a_logout_ends_this_login_and_no_other(
    client: TestClient, app: FastAPI, user: User
) -> None:
    other = log_in(app, user.username)
    assert client.post("/api/auth/logout").status_code == 204
    assert client.get("/api/auth/me").status_code == 401
    assert other.get("/api/auth/me").status_code == 200


def test_a_login_expires(
    frozen_time: time_machine.Traveller, app: FastAPI, anonymous: TestClient, user: User
) -> None:
    client = log_in(app, user.username)
    frozen_time.shift(timedelta(minutes=59))
    assert client.get("/api/auth/me").status_code == 200
    frozen_time.shift(timedelta(minutes=1))
    assert client.get("/api/auth/me").status_code == 401
