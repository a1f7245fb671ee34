"""Marks the rows that repeat an earlier table of the same unit, so that sums count each row once."""

from sqlmodel import col, select, update

from mailbot.decide.row_comparison import distinct_rows
from mailbot.domain.submission import Status
from storage import tables
from storage.judgements import Judgements


class RepeatedRows(Judgements):
    """The part of a transaction that marks repeated rows."""

    def mark_repeated(self, unit: str, form: str, campaign: str) -> None:
        """Mark, in what counts of a unit and form, the rows that an earlier submission has already, and only those.

        To be called after every change of what counts. May be repeated.
        """
        counting = self._stored(
            tables.Message.campaign == campaign,
            tables.Submission.unit == unit,
            tables.Submission.form == form,
            col(tables.Submission.current).in_([True]),
            tables.Submission.status != Status.REVIEW,
        )
        rows = [
            [{name: value.content for name, value in record.values.items()} for record in s.submission.reading.records]
            for s in counting
        ]
        distinct = set(distinct_rows(rows))
        for place, stored in enumerate(counting):
            again = [position for position in range(len(rows[place])) if (place, position) not in distinct]
            mine, position = col(tables.Record.submission) == stored.id, col(tables.Record.position)
            self._session.exec(update(tables.Record).where(mine, position.in_(again)).values(repeated=True))
            self._session.exec(update(tables.Record).where(mine, position.not_in(again)).values(repeated=False))

    def mark_all_repeated(self, campaign: str) -> None:
        """The same for every unit and form of a campaign: after a decision, which may touch two units."""
        query = (
            select(tables.Submission.unit, tables.Submission.form)
            .join(tables.Message)
            .where(tables.Message.campaign == campaign, col(tables.Submission.unit).is_not(None))
            .distinct()
        )
        for unit, form in self._session.exec(query).all():
            if unit is not None:
                self.mark_repeated(unit, form, campaign)
