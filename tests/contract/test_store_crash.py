"""A writer that is killed loses nothing that was committed, and leaves nothing half stored."""

import subprocess
import sys
import time
from collections import Counter

from storage.store import Store

WRITE = """
import sys
from datetime import UTC, datetime
from mailbot.domain.letter import Envelope, LetterKind
from storage.store import Store

store, start = Store.open(sys.argv[1]), int(sys.argv[2])
for n in range(start, start + 100_000):
    with store.transaction() as tx:
        for half in ("a", "b"):
            letter = Envelope(f"{n}{half}", LetterKind.RECEIPT, "unit@example.org", "s", "m", b"x" * 20_000)
            tx.enqueue(letter, datetime.now(UTC), datetime.now(UTC), held=False)
    print(n, flush=True)
"""


def test_a_killed_writer_loses_nothing_it_was_told_is_stored(url: str) -> None:
    told: list[str] = []
    for start in (0, 100_000, 200_000):
        writer = subprocess.Popen([sys.executable, "-c", WRITE, url, str(start)], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        told.append(writer.stdout.readline().strip())
        time.sleep(0.1)
        writer.kill()
        told += [line.strip() for line in writer.stdout if line.endswith("\n")]
        writer.wait()
        writer.stdout.close()
    store = Store.open(url)
    with store.transaction() as tx:
        keys = {letter.key for letter in tx.letters()}
    store.close()
    assert len(told) > 3
    assert {f"{n}{half}" for n in told for half in "ab"} <= keys
    assert set(Counter(key[:-1] for key in keys).values()) == {2}
