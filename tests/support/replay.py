"""The program built again from an archive alone."""

from dataclasses import replace
from pathlib import Path

from mailbot.flows.ports import App
from mailbot.flows.replay import replay
from storage.archive import Archive
from storage.store import Store
from support.world import Clock, World


def again(world: World, folder: Path) -> App:
    """The program on an empty database, after a replay."""
    store = Store.open(f"sqlite:///{folder / 'again.db'}")
    archive = Archive(world.config.archive.path, silent=True)
    app = replace(world.app, store=store, archive=archive, clock=Clock(world.clock.now))
    for _ in replay(app):
        pass
    return app
