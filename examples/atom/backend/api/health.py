"""Health: is the process alive, can it take traffic, is its database the one it was written for."""

import logging

from fastapi import APIRouter, Response, status
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from api.dependencies import ServicesDep
from core.metrics import CONTENT_TYPE
from core.schema import SchemaState, schema_state

log = logging.getLogger(__name__)
router = APIRouter(tags=["health"])

HEALTHY = "healthy"
UNHEALTHY = "unhealthy"


@router.get("/health/live")
def live(services: ServicesDep) -> dict[str, str]:
    """Asks nothing of any other service: a restart would not bring a database back."""
    return {"status": HEALTHY, "version": services.settings.version}


@router.get("/health/ready")
def ready(services: ServicesDep, response: Response) -> dict[str, str]:
    """Whether the database answers. The memory is left out: most endpoints do without it."""
    answers = False
    if services.database is not None:
        try:
            with services.database.engine.connect() as connection:
                answers = connection.scalar(text("SELECT 1")) == 1
        except SQLAlchemyError:
            log.warning("readiness: the database does not answer", exc_info=True)
    return _report(response, healthy=answers) | {"version": services.settings.version}


@router.get("/health/db")
def database(services: ServicesDep, response: Response) -> dict[str, str]:
    """Whether the database answers and is migrated far enough for this version."""
    state: SchemaState | None = None
    if services.database is not None:
        try:
            with services.database.engine.connect() as connection:
                state = schema_state(connection)
        except SQLAlchemyError:
            log.warning("the database does not answer", exc_info=True)
    healthy = state is not None and state.usable
    return _report(response, healthy=healthy) | {"schema": state or "unreachable"}


@router.get("/metrics")
def metrics(services: ServicesDep) -> Response:
    return Response(services.metrics.exposition(), media_type=CONTENT_TYPE)


def _report(response: Response, *, healthy: bool) -> dict[str, str]:
    if not healthy:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return {"status": HEALTHY if healthy else UNHEALTHY}
