"""Which status each of the service's errors becomes."""

import logging

from fastapi import FastAPI, Request, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError, OperationalError

from core.errors import (
    AlreadyExists,
    InvalidInput,
    ModelUnavailable,
    NotFound,
    ServiceError,
    StoreUnavailable,
    UnsupportedDocument,
)

log = logging.getLogger(__name__)

STATUS: dict[type[ServiceError], int] = {
    InvalidInput: status.HTTP_422_UNPROCESSABLE_CONTENT,
    NotFound: status.HTTP_404_NOT_FOUND,
    AlreadyExists: status.HTTP_409_CONFLICT,
    UnsupportedDocument: status.HTTP_415_UNSUPPORTED_MEDIA_TYPE,
    ModelUnavailable: status.HTTP_502_BAD_GATEWAY,
    StoreUnavailable: status.HTTP_503_SERVICE_UNAVAILABLE,
}


def install_error_handlers(app: FastAPI) -> None:
    @app.exception_handler(ServiceError)
    def service_error(_: Request, error: ServiceError) -> JSONResponse:
        code = STATUS[type(error)]
        if code >= status.HTTP_500_INTERNAL_SERVER_ERROR:
            log.error("%s", error, exc_info=error)
        return JSONResponse({"detail": str(error)}, code)

    @app.exception_handler(RequestValidationError)
    def invalid_request(_: Request, error: RequestValidationError) -> JSONResponse:
        # Without the input: it may be a password, or text that no encoding can carry.
        details = [{key: it[key] for key in ("type", "loc", "msg")} for it in error.errors()]
        return JSONResponse({"detail": details}, status.HTTP_422_UNPROCESSABLE_CONTENT)

    @app.exception_handler(DataError)
    def invalid_value(_: Request, error: DataError) -> JSONResponse:
        # PostgreSQL has no character NUL. As a 500 it would let any caller spoil a canary.
        log.warning("a value was refused by the database: %s", type(error.orig).__name__)
        return JSONResponse(
            {"detail": "a value cannot be stored"}, status.HTTP_422_UNPROCESSABLE_CONTENT
        )

    @app.exception_handler(OperationalError)
    def database_error(_: Request, error: OperationalError) -> JSONResponse:
        # The driver's message names hosts and statements; it belongs in the log alone.
        log.error("the database cannot be used", exc_info=error)
        return JSONResponse(
            {"detail": "the database cannot be used"}, status.HTTP_503_SERVICE_UNAVAILABLE
        )
