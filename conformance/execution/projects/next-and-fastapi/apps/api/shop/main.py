"""The service."""

from fastapi import FastAPI

app = FastAPI()


@app.get("/api/health")
def health() -> dict[str, str]:
    """Tells that it is alive."""
    return {"status": "ok"}
