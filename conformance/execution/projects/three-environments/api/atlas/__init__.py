"""Atlas."""

from fastapi import FastAPI

app = FastAPI()


@app.get("/health/ready")
def ready() -> dict[str, str]:
    """Answers that it is ready."""
    return {"status": "ready"}


def price(count: int, each: int) -> int:
    """The price of an order."""
    return count * each
