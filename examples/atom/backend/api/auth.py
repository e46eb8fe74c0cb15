"""Logging in and out."""

from typing import Annotated

from fastapi import APIRouter, status
from pydantic import BaseModel, Field

from api.dependencies import ServicesDep, SessionDep, TokenDep, UserDep, unauthorized
from core import tokens
from core.users import authenticate

router = APIRouter(prefix="/api/auth", tags=["auth"])


class Credentials(BaseModel):
    username: Annotated[str, Field(max_length=63)]
    # The limit keeps a hash's cost from being chosen by the caller.
    password: Annotated[str, Field(max_length=256, repr=False)]


class Login(BaseModel):
    access_token: str
    token_type: str = "bearer"  # noqa: S105 - the scheme's name
    expires_in: int


class Me(BaseModel):
    username: str


@router.post("/login")
def login(credentials: Credentials, services: ServicesDep, session: SessionDep) -> Login:
    user = authenticate(session, credentials.username, credentials.password)
    if user is None:
        raise unauthorized("the user name or the password is wrong")
    lifetime = services.settings.token_lifetime
    token = tokens.issue(session, user, lifetime)
    session.commit()
    return Login(access_token=token, expires_in=int(lifetime.total_seconds()))


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT)
def logout(_: UserDep, token: TokenDep, session: SessionDep) -> None:
    tokens.revoke(session, token)
    session.commit()


@router.get("/me")
def me(user: UserDep) -> Me:
    return Me(username=user.username)
