"""Performing: the effect of a permitted act is written down. No other flow changes what counts."""

from mailbot.decide.apply import Effect
from mailbot.domain.act import Act
from mailbot.flows.ports import App
from storage.journal import Performed
from storage.store import Transaction


def perform(app: App, tx: Transaction, act: Act, effect: Effect, message: int | None) -> int:
    """Write an act of a person about a message, or about a unit, with its effect; its number, from 1.

    The archive's journal has its line before the transaction commits: a crash in between can leave a line of an act
    that is then done once more under the same number, and the later line holds. A report is an act as well; its line
    is the judgement of its mail (`flows.judge`).
    """
    number = tx.apply(act, effect, message)
    app.archive.journal.add(Performed(number, app.config.campaign.id, act, app.roster_version))
    return number
