"""Creates the schema: `python -m archive.schema [--twice]`."""

import os
import sys

import psycopg

for _ in range(2 if "--twice" in sys.argv else 1):
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS episodes (name text PRIMARY KEY)")
