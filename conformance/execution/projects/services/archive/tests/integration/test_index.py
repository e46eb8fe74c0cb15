import os

import archive
import psycopg
import redis


def test_database_is_there() -> None:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_redis_saves_nothing() -> None:
    client = redis.Redis.from_url(os.environ["REDIS_URL"])
    assert client.config_get("save") == {"save": ""}
    assert client.config_get("appendonly") == {"appendonly": "no"}
    assert archive.__doc__
