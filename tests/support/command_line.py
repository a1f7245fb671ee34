"""A folder with a configuration, and the program run on it as its users run it."""

import os
import subprocess
import sys
from contextlib import chdir
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

import pytest
from click.testing import CliRunner

from mailbot.cli.main import main
from mailbot.config import MailboxConfig
from support.loopback import PASSWORD, PASSWORD_ENV
from support.world import SHANGHAI, UNITS

ARRIVED = datetime(2021, 9, 14, 15, 2, 11, tzinfo=SHANGHAI)
ENVIRONMENT = {PASSWORD_ENV: PASSWORD, "MAILBOT_ALLOW_ROOT": "1"}


class Office:
    """A folder with a configuration, and the program run on it."""

    def __init__(self, folder: Path, imap: MailboxConfig, smtp: MailboxConfig) -> None:
        self.folder, self.config = folder, folder / "config.toml"
        (folder / "units.csv").write_text(UNITS, encoding="utf-8")
        self.write(imap, smtp)

    def write(self, imap: MailboxConfig, smtp: MailboxConfig) -> None:
        """Write the configuration."""
        servers = "".join(
            f'[mailbox.{name}]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\n'
            f'username = "{server.username}"\npassword_env = "{PASSWORD_ENV}"\n'
            for name, server in (("imap", imap.imap), ("smtp", smtp.smtp))
        )
        self.config.write_text(
            f"""[organisation]
name = "云海新区总工会"
department = "宣传网络部"
[[mailbox]]
name = "office"
address = "office@example.com"
{servers}
[sending]
mode = "live"
[staff]
digest_to = ["staff@example.org"]
[campaign]
id = "c-2021"
title = "2021年好网民主题活动"
starts_on = 2021-05-01
deadline = 2021-09-30
case_prefix = "HWM21"
""",
            encoding="utf-8",
        )

    def change(self, old: str, new: str) -> None:
        """Replace text of the configuration."""
        text = self.config.read_text(encoding="utf-8")
        assert old in text
        self.config.write_text(text.replace(old, new), encoding="utf-8")

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start the program; `{config}` in the arguments is this office's."""
        return subprocess.Popen(
            [sys.executable, "-c", "from mailbot.cli.main import main; main()", *arguments],
            cwd=self.folder,
            env={**os.environ, **ENVIRONMENT, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, command: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        process = self.start(command, "--config", str(self.config), *arguments, **environment)
        out, err = process.communicate(timeout=60)
        assert "Traceback" not in err
        return subprocess.CompletedProcess([], process.returncode, out, err)

    def ask(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The same for a command that looks or decides, without a new process: most of its time is Python's start.

        Every command is run at least once as a process, and `once` and `run` always are.
        """
        return self.ask_plainly(command, "--config", str(self.config), *arguments)

    def ask_plainly(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The same without a configuration."""
        with (
            chdir(self.folder),
            patch.object(sys, "argv", ["mailbot", *arguments]),
            CliRunner().isolation(env=ENVIRONMENT) as (out, err, _),
        ):
            with pytest.raises(SystemExit) as end:
                main()
            status = end.value.code
        assert isinstance(status, int)
        return subprocess.CompletedProcess([], status, out.getvalue().decode(), err.getvalue().decode())
