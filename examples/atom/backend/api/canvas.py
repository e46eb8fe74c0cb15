"""Canvases over HTTP."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException, Request, status
from pydantic import BaseModel, Field

from api.dependencies import LimitQuery, SessionDep, UserDep
from core.canvas import find_canvas, list_canvases, present, render
from core.documents import read_document
from core.models import Canvas

router = APIRouter(prefix="/api/canvas", tags=["canvas"])

CONTENT_CHARACTERS = 100_000
DOCUMENT_BYTES = 2 * 1024 * 1024


class CanvasIn(BaseModel):
    canvas_type: str
    content: Annotated[str, Field(max_length=CONTENT_CHARACTERS)]


class CanvasOut(BaseModel):
    canvas_id: str
    canvas_type: str
    content: str
    html: str
    created_at: datetime

    @classmethod
    def of(cls, canvas: Canvas) -> "CanvasOut":
        return cls(
            canvas_id=canvas.id,
            canvas_type=canvas.canvas_type,
            content=canvas.content,
            html=render(canvas.canvas_type, canvas.content),
            created_at=canvas.created_at,
        )


async def get_document(request: Request) -> bytes:
    """The body, read only up to the limit whatever `Content-Length` says."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > DOCUMENT_BYTES:
            raise HTTPException(
                status.HTTP_413_CONTENT_TOO_LARGE,
                f"a document has at most {DOCUMENT_BYTES} bytes",
            )
    return bytes(body)


@router.post("/present", status_code=status.HTTP_201_CREATED)
def create(body: CanvasIn, user: UserDep, session: SessionDep) -> CanvasOut:
    canvas = present(session, user, body.canvas_type, body.content)
    session.commit()
    return CanvasOut.of(canvas)


@router.post("/import", status_code=status.HTTP_201_CREATED)
def import_document(
    user: UserDep,
    session: SessionDep,
    document: Annotated[bytes, Depends(get_document)],
    content_type: Annotated[str, Header()] = "",
) -> CanvasOut:
    """Makes a canvas of the document that is the request's body."""
    canvas = present(session, user, "generic", read_document(document, content_type))
    session.commit()
    return CanvasOut.of(canvas)


@router.get("")
def index(user: UserDep, session: SessionDep, limit: LimitQuery = 20) -> list[CanvasOut]:
    return [CanvasOut.of(canvas) for canvas in list_canvases(session, user, limit=limit)]


@router.get("/{canvas_id}")
def show(canvas_id: str, user: UserDep, session: SessionDep) -> CanvasOut:
    return CanvasOut.of(find_canvas(session, user, canvas_id))
