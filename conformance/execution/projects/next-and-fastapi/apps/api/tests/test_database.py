import os

import pytest
import sqlalchemy


@pytest.mark.parametrize("count", range(12))
def test_items_are_stored(count: int) -> None:
    engine = sqlalchemy.create_engine(os.environ["DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE IF NOT EXISTS seen (count integer)"))
        connection.execute(sqlalchemy.text("DELETE FROM seen"))
        connection.execute(sqlalchemy.text("INSERT INTO seen VALUES (:count)"), {"count": count})
        found = connection.execute(sqlalchemy.text("SELECT count FROM seen")).scalars().all()
    assert found == [count]
