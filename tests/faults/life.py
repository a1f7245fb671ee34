"""Runs the program in processes that tests kill, stop or deceive at any moment.

A nursery imports the program once and forks a process for each life, so that thousands of them are cheap; all else is
real: configuration, database, archive, IMAP and SMTP on sockets. Only the reading of a mail happens in the process
itself, since the child that reads has tests of its own.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from support.loopback import PASSWORD, PASSWORD_ENV

WRITES = "pwrite64,write,fsync,fdatasync,rename,sendto,ftruncate,unlink,mkdir"
"""The system calls by which a process changes the world."""

FULL = os.environ.get("MAILBOT_FAULTS") == "full"
"""Whether the long runs were asked for (`make test-faults`)."""
ADDRESS = "office@example.org"
LETTERS = "SELECT kind, recipient, message_id, state FROM letter"
AT_MOST_ONCE = ("reminder", "alert")
UNITS = 400
ERASED = "unit0@example.org"
"""Whom `erase` erases."""


# ---------------------------------------------------------------- in the nursery and its children


def nurse() -> None:
    """Fork one process for each line that is read: what to do as JSON; say its pid, and how it ended."""
    from mailbot.cli.commands import once  # noqa: F401
    from mailbot.daemon import daemon  # noqa: F401 - so that the children have them
    from storage.migrations import steps  # noqa: F401

    # before the fork: a signal that comes before its process waits for it must not kill it
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _live(**json.loads(line))
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _live(do: str, config: str, log: str, held: bool) -> None:
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    try:
        if held:  # until whoever wants to watch this process has taken hold of it
            signal.sigwait({signal.SIGUSR1})
        _replay(config) if do == "replay" else _work(do, Path(config))
    except SystemExit as leaving:
        sys.stderr.flush()
        os._exit(leaving.code if isinstance(leaving.code, int) else 1)
    except BaseException as error:  # noqa: BLE001 - a forked process must not return
        import traceback

        traceback.print_exception(error)
        sys.stderr.flush()
        os._exit(1)
    sys.stdout.flush()
    os._exit(0)


def _work(do: str, path: Path) -> None:
    from mailbot.app import build
    from mailbot.cli.commands.once import one_pass
    from mailbot.cli.options import log_to_stderr, progress
    from mailbot.config import load
    from mailbot.daemon.daemon import Daemon
    from mailbot.flows import deliver
    from storage.daemon_lock import lock
    from storage.store import Store

    if do == "open":
        Store.open(load(path).database.url, alone=True).close()
        return
    deliver.LEASE = timedelta(seconds=0.5)  # so that what was in flight is found again at once
    log_to_stderr("info")
    config = load(path)
    with lock(config.database.url):
        app = build(config, alone=True)
        app = replace(app, reader=Direct(tuple(app.forms.values()), config.campaign))
        if do == "erase":
            _erase(app)
            app.close()
        elif do == "run":
            daemon = Daemon(app)
            signal.signal(signal.SIGTERM, daemon.stop)
            daemon.run()
        else:
            with progress() as bar:
                again = one_pass(app, bar)
            app.close()
            if again:
                print("\n".join(again), file=sys.stderr)
                raise SystemExit(1)


def _erase(app: Any) -> None:
    """What `mailbot subject erase unit0@example.org --yes` does."""
    from mailbot.domain.erasing import person_called
    from mailbot.flows.erase import Order, erase, finish_erasing, mails
    from mailbot.flows.find_person import find_person

    finish_erasing(app)
    found = find_person(app, person_called(ERASED))
    own, naming = ([one.sha256 for one in some] for some in (found.own, found.naming))
    if not found.is_empty:
        erase(app, Order(app.clock(), messages=mails(own, naming), person=found.person))


def _replay(config: str) -> None:
    """Leave with 0 where what the archive tells is what the database holds."""
    from mailbot.cli.commands.replay import command

    command.main(args=["--config", config], prog_name="replay", standalone_mode=True)


class Direct:
    """Reads mails in this process."""

    def __init__(self, forms: Any, campaign: Any) -> None:
        self.forms, self.campaign = forms, campaign

    def open(self, raw: bytes, arrived: datetime, *, slowly: bool = False) -> Any:
        from mailbot.mail.opening import open_mail
        from mailbot.mail.reader import period_of

        return open_mail(raw, self.forms, period_of(self.campaign, self.forms, arrived.date()), slowly)

    def head(self, raw: bytes) -> Any:
        from mailbot.mail import mime

        return mime.read(raw).head

    def close(self) -> None:
        pass


# ---------------------------------------------------------------- in the test


class Nursery:
    """Starts lives, one at a time."""

    def __init__(self) -> None:
        path = os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
        self._process = subprocess.Popen(
            [sys.executable, "-c", "import life; life.nurse()"],
            env={**os.environ, PASSWORD_ENV: PASSWORD, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, do: str, config: Path, *, held: bool = False) -> int:
        """Begin a life; its process id. `held`: it waits for SIGUSR1."""
        order = {"do": do, "config": str(config), "log": str(config.with_name("log")), "held": held}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._line())

    def end(self) -> int:
        """Wait for the end of the life; its exit status, minus the signal that killed it."""
        return int(self._line())

    def live(self, do: str, config: Path) -> int:
        """A whole life."""
        self.start(do, config)
        return self.end()

    def stop(self) -> None:
        """End the nursery; nothing lives in it any more."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def traced(nursery: Nursery, config: Path, expression: str, do: str = "once") -> Path:
    """One life under strace with that expression, which may cheat it or kill it; the trace."""
    trace = config.with_name("trace")
    pid = nursery.start(do, config, held=True)
    strace = subprocess.Popen(
        ["strace", "-f", "-p", str(pid), "-e", expression, "-o", str(trace)], stderr=subprocess.PIPE, text=True
    )
    assert strace.stderr is not None
    assert "attached" in strace.stderr.readline()
    os.kill(pid, signal.SIGUSR1)
    nursery.end()
    strace.wait()
    strace.stderr.close()
    return trace


def mail(number: int) -> bytes:
    """The report of one unit; the number stands in its table as well."""
    from mailbot.cli.demo.tables import Activity, Filled, workbook
    from support.mails import mail as written

    row = Activity(
        "网络安全知识竞赛", "2021-06-15", "文化中心", "知识竞赛", "宣传网络安全知识", (2, 10, 3, 100 + number, 5000)
    )
    filled = Filled(name(number), "李晓", "65300000", date(2021, 9, 1), (row,))
    raw = written(
        sender=f"李晓 <unit{number}@example.org>",
        message_id=f"<report-{number}@example.org>",
        attachments=[("附件1.xlsx", workbook(filled))],
    )
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def name(number: int) -> str:
    """A unit's name, unlike all others."""
    digits = "零一二三四五六七八九"
    return "".join(digits[int(d)] for d in f"{number:03d}") + "街道总工会"


def roster(folder: Path) -> None:
    """The units that the mails come from."""
    lines = [f"U{n},{name(n)},,街镇,,unit{n}@example.org,,1,{n}" for n in range(UNITS)]
    (folder / "units.csv").write_text(
        "code,name,short_name,category,aliases,emails,quota,required,sort_no\n" + "\n".join(lines) + "\n",
        encoding="utf-8",
    )


def configuration(folder: Path, imap: Any, smtp: Any, **keys: Any) -> Path:
    """A folder with all that a life needs; the path of its configuration."""
    roster(folder)
    server = '\n[mailbox.{0}]\nhost = "127.0.0.1"\nport = {1.port}\nsecurity = "none"\nusername = "{1.username}"\n'
    server += 'password_env = "MAILBOT_TEST_PASSWORD"\n'
    path = folder / "config.toml"
    path.write_text(
        f"""[organisation]
name = "云海新区总工会"
department = "宣传网络部"
[disk]
reserve_mib = {keys.get("reserve_mib", 0)}
[database]
url = "{keys.get("url", "sqlite:///data/mailbot.db")}"
[[mailbox]]
name = "office"
address = "{ADDRESS}"
{server.format("imap", imap.imap)}{server.format("smtp", smtp.smtp)}
[sending]
mode = "live"
per_minute = 0
per_day = 0
[staff]
alerts_to = {json.dumps(keys.get("alerts_to", []))}
[campaign]
id = "c-2021"
title = "2021年好网民主题活动"
starts_on = 2021-05-01
deadline = 2021-09-30
case_prefix = "HWM21"
""",
        encoding="utf-8",
    )
    return path


class Ledger:
    """What was put into the mailbox, and what must have become of it."""

    def __init__(self, folder: Path) -> None:
        self.database, self.archive = folder / "data/mailbot.db", folder / "data/archive"
        self.mails: dict[str, int] = {}
        self.unknown = 0
        """Outcomes that nobody can know: letters that were being handed over when the process died."""

    def note(self, number: int, raw: bytes) -> None:
        """A mail was put into the mailbox."""
        self.mails[sha256(raw).hexdigest()] = number

    def queue_alert(self, number: int) -> None:
        """Put an alert into the outbox, which may be there once at most; nobody else is at work."""
        from mailbot.domain.letter import Envelope, LetterKind
        from storage.store import Store

        to, word = f"staff{number}@example.org", f"<alert-{number}@example.org>"
        content = f"Message-ID: {word}\r\nSubject: alert\r\n\r\nbody\r\n".encode()
        store, now = Store.open(f"sqlite:///{self.database}", alone=True), datetime.now(UTC)
        with store.transaction() as tx:
            tx.enqueue(Envelope(f"alert:{number}", LetterKind.ALERT, to, "alert", word, content), now, now, held=False)
        store.close()

    def count_unknown(self) -> None:
        """To be called after each death: how many letters were in flight."""
        with suppress(sqlite3.OperationalError):  # it died before there were tables
            self.unknown += self._ask("SELECT count(*) FROM letter WHERE state = 'sending'")[0][0]

    def is_quiet(self) -> bool:
        """Whether every mail has been judged and every letter has left."""
        try:
            judged = self._ask("SELECT count(*) FROM message WHERE state = 'judged'")[0][0]
            waiting = self._ask("SELECT count(*) FROM letter WHERE state IN ('queued', 'sending')")[0][0]
        except sqlite3.OperationalError:
            return False
        return bool(judged == len(self.mails) and waiting == 0)

    def check_kept(self, told: set[str], answered: set[str]) -> None:
        """Assert that the record of what had been judged (sha256, its first digits) or answered is there (I4)."""
        owed = {sha for sha in self.mails if sha[:12] in told}
        owed |= {sha for sha, number in self.mails.items() if f"unit{number}@example.org" in answered}
        there = set(self._values()) if owed else set()
        assert {(sha, 100 + self.mails[sha]) for sha in owed} <= there
        for sha in owed:
            assert sha256((self.archive / sha[:2] / f"{sha}.eml").read_bytes()).hexdigest() == sha

    def check(self, sent: list[Any]) -> int:
        """Assert the invariants; how many extra copies of letters there were.

        Stored once, the bytes under their name (I1); the records of each message whole and as sent (I2); a receipt for
        each, the same Message-ID on every copy, three copies at most and no more extra ones than unknown outcomes (I3);
        of a reminder or an alert never a second copy.
        """
        stored = self._ask("SELECT sha256, disposition FROM message")
        assert Counter(sha for sha, _ in stored) == Counter(dict.fromkeys(self.mails, 1))
        assert Counter(outcome for _, outcome in stored).keys() <= {"submission"}
        for sha in self.mails:
            assert sha256((self.archive / sha[:2] / f"{sha}.eml").read_bytes()).hexdigest() == sha
        assert sorted(self._values()) == sorted((sha, 100 + number) for sha, number in self.mails.items())
        assert self._ask("PRAGMA foreign_key_check") == []
        assert self._ask("PRAGMA integrity_check") == [("ok",)]
        return self._check_letters(sent)

    def _check_letters(self, sent: list[Any]) -> int:
        made = self._ask(LETTERS)
        receipts = [to for kind, to, _, _ in made if kind == "receipt"]
        assert sorted(receipts) == sorted(f"unit{number}@example.org" for number in self.mails.values())
        copies = Counter((mail.recipients[0], header(mail, b"Message-ID")) for mail in sent)
        assert copies.keys() <= {(to, word) for _, to, word, _ in made}, "a copy under another Message-ID"
        for kind, to, word, state in made:
            least, most = 0 if state == "uncertain" else 1, 1 if kind in AT_MOST_ONCE else 3
            assert least <= copies[to, word] <= most, f"{copies[to, word]} copies of the {kind} to {to}"
        marked = Counter(mail.recipients[0] for mail in sent if header(mail, b"X-Possible-Duplicate"))
        extra = sum(copies.values()) - len(copies)
        assert extra <= marked.total(), f"{extra} extra copies, {marked.total()} marked as such"
        assert extra <= self.unknown, f"{extra} extra copies, {self.unknown} unknown outcomes"
        return extra

    def _values(self) -> list[Any]:
        """Of each record that counts: the sha256 of its mail, and the number that the mail bore."""
        return self._ask(
            "SELECT m.sha256, v.number FROM value v JOIN submission s ON v.submission = s.id "
            "JOIN message m ON s.message = m.id WHERE v.part = 'record' AND v.field = 'participants' AND s.current = 1"
        )

    def _ask(self, question: str) -> list[Any]:
        connection = sqlite3.connect(self.database, timeout=20)  # may write: what a dead process left is rolled back
        try:
            return connection.execute(question).fetchall()
        finally:
            connection.close()


def header(mail: Any, name: bytes) -> str:
    """A header of a letter that was sent; empty where it has none."""
    lines = mail.content.partition(b"\r\n\r\n")[0].splitlines()
    found = (line for line in lines if line.lower().startswith(name.lower() + b":"))
    return next(found, b"").partition(b":")[2].strip().decode()


def wait_for(true: Callable[[], object], seconds: float = 30) -> None:
    """Return when it is true; fail where it does not become so in time."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
