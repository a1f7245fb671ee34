"""Alembic runs this for every step; the transaction belongs to `migrate`."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
context.run_migrations()
