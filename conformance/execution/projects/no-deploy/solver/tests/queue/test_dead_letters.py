import os

import redis


def test_dead_letters() -> None:
    client = redis.Redis.from_url(os.environ["BROKER_URL"])
    client.rpush("letters", "dead")
    assert client.lpop("letters") == b"dead"
