"""Access tokens: random, of limited life, and revocable because they live in the database."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.models import AccessToken, User

TOKEN_BYTES = 32


def issue(session: Session, user: User, lifetime: timedelta) -> str:
    """Makes a token for the user, and clears away the user's expired ones."""
    now = datetime.now(UTC)
    session.execute(
        delete(AccessToken).where(AccessToken.user_id == user.id, AccessToken.expires_at <= now)
    )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(AccessToken(digest=_digest(token), user_id=user.id, expires_at=now + lifetime))
    session.flush()
    return token


def holder(session: Session, token: str) -> User | None:
    """Whose token it is, unless it is unknown, revoked or expired."""
    return session.scalar(
        select(User)
        .join(AccessToken, AccessToken.user_id == User.id)
        .where(AccessToken.digest == _digest(token), AccessToken.expires_at > datetime.now(UTC))
    )


def revoke(session: Session, token: str) -> None:
    session.execute(delete(AccessToken).where(AccessToken.digest == _digest(token)))


def _digest(token: str) -> str:
    # A token holds 256 random bits: unlike a password it needs no slow hash.
    return hashlib.sha256(token.encode()).hexdigest()
