"""What endpoints ask for in their signatures."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, HTTPException, Query, Request, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from api.services import Services
from core import tokens
from core.errors import StoreUnavailable
from core.models import User


def get_services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(get_services)]


def get_session(services: ServicesDep) -> Iterator[Session]:
    """A session that the endpoint commits itself.

    A commit after `yield` would run when the response is on its way, too late to tell the caller
    that it failed.
    """
    if services.database is None:
        raise StoreUnavailable("no database is configured")
    with services.database.session() as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session)]

_bearer = HTTPBearer(auto_error=False)


def get_token(
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> str:
    if credentials is None:
        raise unauthorized("log in first")
    return credentials.credentials


TokenDep = Annotated[str, Depends(get_token)]


def get_user(session: SessionDep, token: TokenDep) -> User:
    user = tokens.holder(session, token)
    if user is None:
        raise unauthorized("the access token is unknown or has expired")
    return user


UserDep = Annotated[User, Depends(get_user)]

LimitQuery = Annotated[int, Query(ge=1, le=100)]


def unauthorized(reason: str) -> HTTPException:
    return HTTPException(
        status.HTTP_401_UNAUTHORIZED, reason, headers={"WWW-Authenticate": "Bearer"}
    )
