"""Creates a readable SQL view for each form, so that any SQL tool shows what counts as a plain table."""

from collections.abc import Iterator

from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from mailbot.domain.errors import StoreError
from parsers.forms.form import Column, Form


def create(connection: Connection, form: Form) -> None:
    """Make the view named like the form anew: a row for each record that counts, a typed column for each field.

    What was replaced, what waits for a person and what an earlier table says already is not in it.
    Raises StoreError where a table has that name.
    """
    if form.id in SQLModel.metadata.tables:
        raise StoreError(f"a form cannot be called {form.id}, as a table of the database is; give its file another id")
    connection.execute(text(f'DROP VIEW IF EXISTS "{form.id}"'))
    connection.execute(text(_definition(form)))


def _definition(form: Form) -> str:
    columns = ",\n  ".join(_columns(form))
    return f"""CREATE VIEW "{form.id}" AS
SELECT
  submission.case_name, submission.unit, submission.unit_name, submission.status, message.received_at,
  submission.attachment, submission.sheet, record.row,
  {columns}
FROM record
JOIN submission ON submission.id = record.submission
JOIN message ON message.id = submission.message
LEFT JOIN value ON value.record = record.id
WHERE submission.form = '{form.id}' AND submission.current = 1 AND submission.status <> 'review'
  AND record.repeated = 0
GROUP BY record.id, submission.id, message.id"""  # noqa: S608 - a form's names are checked when it is loaded


def _columns(form: Form) -> Iterator[str]:
    sources = {field: _source(column) for column in form.column for field in (column.field, column.end) if field}
    for field, source in sources.items():
        yield f"MAX(CASE WHEN value.field = '{field}' THEN value.{source} END) AS {field}"


def _source(column: Column) -> str:
    return "number" if column.kind in ("count", "number") else "text"
