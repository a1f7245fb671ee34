"""`mailbot health`: tells the monitoring whether the daemon works: a line for each fault, and an exit status."""

import json
import sys
from datetime import UTC, datetime, timedelta

import click

from mailbot.app import local_clock
from mailbot.cli.options import with_config
from mailbot.config import Config
from mailbot.daemon import heartbeat
from mailbot.domain.errors import StoreError, StoreOutdated
from mailbot.flows.watch import Known, vital_signs
from mailbot.letters.alert_causes import FOR_MONITORING, causes
from storage.store import Store

STATES = ("healthy", "degraded", "down")
"""By exit status."""


@click.command()
@with_config
@click.option("--json", "as_json", is_flag=True, help="For other programs.")
def command(config: Config, as_json: bool) -> None:
    """Exit 0: the daemon does its work; 1: something does not go as it should; 2: it does not run. Changes nothing."""
    beat = heartbeat.read(config.archive.path)
    down, faults = _down(beat), [*beat.faults()] if beat else []
    try:
        faults += _causes(config, beat)
    except StoreOutdated as older:  # whose daemon may be well
        faults.append(str(older))
    except (StoreError, OSError) as error:
        down.append(str(error))
    status = 2 if down else 1 if faults else 0
    if as_json:
        last = beat.model_dump(mode="json") if beat else None
        click.echo(json.dumps({"state": STATES[status], "faults": [*down, *faults], "heartbeat": last}, indent=1))
    else:
        for sentence in (*down, *faults):
            click.echo(f"{STATES[status]}: {sentence}")
        if not status and beat:
            who = f"process {beat.pid}" if beat.passes is None else "passes of `mailbot once`"
            click.echo(f"healthy: {who}, since {beat.started_at:%Y-%m-%d %H:%M:%SZ}")
    sys.exit(status)


def _down(beat: heartbeat.Heartbeat | None) -> list[str]:
    if beat is None:
        return ["there is no heartbeat; start the daemon with `mailbot run`"]
    death = beat.death(datetime.now(UTC))
    return [death] if death else []


def _causes(config: Config, beat: heartbeat.Heartbeat | None) -> list[str]:
    """What the database and the disk say, by the same rules by which staff are told, only sooner."""
    known = Known()
    if beat:  # duties that fail are told from it directly
        known = Known(beat.started_at, beat.damage, beat.doubt > 0, setbacks=heartbeat.setbacks(beat))
    store, now = Store.open_for_reading(config.database.url), local_clock(config)()
    try:
        with store.transaction() as tx:
            found = vital_signs(config, tx, known, now)
    finally:
        store.close()
    return [
        f"{cause.title}：{cause.lines[0]}"
        for cause in causes(found, now, FOR_MONITORING.longer(beat.pause if beat else timedelta()))
    ]
