import os

import redis


def test_letters() -> None:
    client = redis.Redis.from_url(os.environ["BROKER_URL"])
    client.rpush("sent", "a", "b")
    assert client.lrange("sent", 0, -1) == [b"a", b"b"]
