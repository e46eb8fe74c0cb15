from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import tokens
from core.models import AccessToken, User

HOUR = timedelta(hours=1)


def test_a_token_names_its_holder(db_session: Session, user: User) -> None:
    assert tokens.holder(db_session, tokens.issue(db_session, user, HOUR)) == user


@pytest.mark.parametrize("token", ["", "x", "x" * 43])
def test_an_unknown_token_names_nobody(db_session: Session, token: str) -> None:
    assert tokens.holder(db_session, token) is None


def test_a_revoked_token_names_nobody(db_session: Session, user: User) -> None:
    token = tokens.issue(db_session, user, HOUR)
    other = tokens.issue(db_session, user, HOUR)
    tokens.revoke(db_session, token)
    assert tokens.holder(db_session, token) is None
    assert tokens.holder(db_session, other) == user


def test_a_token_lives_as_long_as_it_was_issued_for(
    db_session: Session, user: User, frozen_time: time_machine.Traveller
) -> None:
    token = tokens.issue(db_session, user, HOUR)
    frozen_time.shift(HOUR - timedelta(seconds=1))
    assert tokens.holder(db_session, token) == user
    frozen_time.shift(timedelta(seconds=1))
    assert tokens.holder(db_session, token) is None


def test_a_login_clears_the_expired_ones_away(
    db_session: Session, user: User, frozen_time: time_machine.Traveller
) -> None:
    tokens.issue(db_session, user, HOUR)
    tokens.issue(db_session, user, 3 * HOUR)
    frozen_time.shift(2 * HOUR)
    tokens.issue(db_session, user, HOUR)
    assert db_session.scalar(select(func.count(AccessToken.digest))) == 2


def test_the_token_itself_is_not_stored(db_session: Session, user: User) -> None:
    token = tokens.issue(db_session, user, HOUR)
    (stored,) = db_session.scalars(select(AccessToken.digest)).all()
    assert token not in stored
    assert len(stored) == 64


@pytest.mark.usefixtures("frozen_time")
def test_the_expiry_is_stored_in_utc(db_session: Session, user: User) -> None:
    tokens.issue(db_session, user, HOUR)
    assert db_session.scalar(select(AccessToken.expires_at)) == datetime(2026, 3, 1, 13, tzinfo=UTC)
