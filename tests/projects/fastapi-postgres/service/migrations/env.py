import os
from logging.config import fileConfig

from alembic import context
from sqlalchemy import create_engine

from orders.models import Base

if context.config.config_file_name is not None:
    fileConfig(context.config.config_file_name)
with create_engine(os.environ["ORDERS_DATABASE_URL"]).connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()
