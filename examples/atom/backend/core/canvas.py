"""Canvases: what an agent shows to its user, stored as text and rendered to safe HTML."""

import csv
import html
import io
import uuid
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import InvalidInput, NotFound
from core.models import Canvas, User

CANVAS_TYPES = ("generic", "table")


def present(session: Session, owner: User, canvas_type: str, content: str) -> Canvas:
    render(canvas_type, content)
    canvas = Canvas(
        id=str(uuid.uuid4()),
        owner_id=owner.id,
        canvas_type=canvas_type,
        content=content,
        created_at=datetime.now(UTC),
    )
    session.add(canvas)
    session.flush()
    return canvas


def find_canvas(session: Session, owner: User, canvas_id: str) -> Canvas:
    canvas = session.scalar(
        select(Canvas).where(Canvas.owner_id == owner.id, Canvas.id == canvas_id)
    )
    if canvas is None:
        raise NotFound(f"there is no canvas {canvas_id!r}")
    return canvas


def list_canvases(session: Session, owner: User, *, limit: int) -> list[Canvas]:
    """The latest canvases, the newest first."""
    return list(
        session.scalars(
            select(Canvas)
            .where(Canvas.owner_id == owner.id)
            .order_by(Canvas.created_at.desc(), Canvas.id)
            .limit(limit)
        )
    )


def render(canvas_type: str, content: str) -> str:
    """HTML in which nothing of the content is markup."""
    match canvas_type:
        case "generic":
            return _paragraphs(content)
        case "table":
            return _table(content)
    raise InvalidInput(f"a canvas is one of {', '.join(CANVAS_TYPES)}; not {canvas_type!r}")


def _paragraphs(content: str) -> str:
    paragraphs = (part.strip() for part in content.split("\n\n"))
    return "\n".join(f"<p>{html.escape(part)}</p>" for part in paragraphs if part)


def _table(content: str) -> str:
    try:
        rows = [row for row in csv.reader(io.StringIO(content), strict=True) if row]
    except csv.Error as error:
        raise InvalidInput(f"the table is not CSV: {error}") from None
    if not rows:
        raise InvalidInput("the table has no rows")
    if any(len(row) != len(rows[0]) for row in rows):
        raise InvalidInput(f"every row of the table needs {len(rows[0])} cells, as the first has")
    head, *body = rows
    return "\n".join(["<table>", _row("th", head), *(_row("td", row) for row in body), "</table>"])


def _row(tag: str, cells: list[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"
