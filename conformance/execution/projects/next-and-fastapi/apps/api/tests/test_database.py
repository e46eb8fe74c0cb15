import os

import pytest
import sqlalchemy

# Each worker has a separate table, as `isolation` declares.
TABLE = "seen_" + os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.mark.parametrize("count", range(12))
def test_items_are_stored(count: int) -> None:
    engine = sqlalchemy.create_engine(os.environ["DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text(f"CREATE TABLE IF NOT EXISTS {TABLE} (count integer)"))
        connection.execute(sqlalchemy.text(f"DELETE FROM {TABLE}"))
        insert = sqlalchemy.text(f"INSERT INTO {TABLE} VALUES (:count)")
        connection.execute(insert, {"count": count})
        found = connection.execute(sqlalchemy.text(f"SELECT count FROM {TABLE}")).scalars().all()
    assert found == [count]
