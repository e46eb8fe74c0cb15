import atlas
import pytest
from fastapi.testclient import TestClient


def test_is_ready() -> None:
    assert TestClient(atlas.app).get("/health/ready").json() == {"status": "ready"}


@pytest.mark.parametrize("count", [0, 1, 2])
def test_price(count: int) -> None:
    assert atlas.price(count, 5) == 5 * count
