"""The app, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import agents, auth, canvas, health, skills
from api.errors import install_error_handlers
from api.measuring import MeasuringMiddleware
from api.services import make_services
from core.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    services = make_services(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        services.close()

    app = FastAPI(title="Atom", version=settings.version, lifespan=lifespan)
    app.state.services = services
    app.add_middleware(MeasuringMiddleware, metrics=services.metrics)
    install_error_handlers(app)
    for module in (health, auth, agents, canvas, skills):
        app.include_router(module.router)
    return app
