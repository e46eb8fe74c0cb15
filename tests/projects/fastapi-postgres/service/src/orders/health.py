from fastapi import APIRouter
from prometheus_client import generate_latest

router = APIRouter()
health = APIRouter(prefix="/health")


@health.get("/live")
def live() -> dict[str, str]:
    return {"status": "healthy"}


@health.get("/ready")
def ready() -> dict[str, str]:
    return {"status": "healthy"}


@router.get("/metrics")
def metrics() -> bytes:
    return generate_latest()
