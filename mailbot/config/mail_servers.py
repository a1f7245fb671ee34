"""The configured mailboxes, the IMAP and SMTP server of each, and where their passwords or tokens come from."""

import os
import subprocess
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from mailbot.config import providers
from mailbot.config.section import LocalPath, MailAddress, Section, folder_of
from mailbot.domain.errors import ConfigError

TOKEN_SECONDS = 60
"""How long `token_command` may take."""


class Server(Section):
    """An IMAP or SMTP server and how to log in. Neither password nor token is ever written in the file."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)]
    security: Literal["tls", "starttls", "none"] = "tls"
    ca_file: str | LocalPath = ""
    username: str
    auth: Literal["password", "xoauth2"] = "password"
    password_env: str | None = None
    password_file: LocalPath | None = None
    token_command: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """A program with its arguments that prints an access token; asked anew for every connection."""

    @field_validator("token_command")
    @classmethod
    def _program(cls, value: tuple[str, ...] | None, info: ValidationInfo) -> tuple[str, ...] | None:
        if value is None or "/" not in value[0]:
            return value
        return (str(folder_of(info) / value[0]), *value[1:])

    @field_validator("ca_file", mode="before")
    @classmethod
    def _none_or_path(cls, value: object, info: ValidationInfo) -> object:
        return folder_of(info) / value if isinstance(value, str) and value else ""

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        if self.token_command is not None and self.auth == "password":
            raise ValueError('token_command goes with auth = "xoauth2"; write that too')
        if self.password_file is not None and (fault := _shared(self.password_file)):
            raise ValueError(fault)
        if [self.password_env, self.password_file, self.token_command].count(None) != 2:
            raise ValueError(
                "write either password_env (the name of an environment variable) or password_file"
                + (" or token_command" if self.auth == "xoauth2" else "")
            )
        return self

    def password(self, environ: Mapping[str, str] = os.environ) -> str:
        """The secret, read anew each time: the password or, with `auth = "xoauth2"`, an access token.

        Raises ConfigError where it is not there.
        """
        if self.token_command is not None:
            where = f"what {self.token_command[0]} (token_command of {self.host}) prints"
            secret = _printed(self.token_command, self.host)
        elif self.password_env is not None:
            secret = environ.get(self.password_env, "")
            where = f"the environment variable {self.password_env} (password_env of {self.host})"
        else:
            assert self.password_file is not None
            where = f"the file {self.password_file} (password_file of {self.host})"
            if fault := _shared(self.password_file):
                raise ConfigError([f"{where}: {fault}"])
            try:
                secret = self.password_file.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError([f"{where} cannot be read: {error}; put the password there"]) from error
        if not secret:
            what = "an access token" if self.auth == "xoauth2" else "the password (mostly: the authorization code)"
            raise ConfigError([f"{where} is empty; put {what} there"])
        return secret


def _shared(secret: Path) -> str:
    """Why a file is no place for a secret; "" where it is one. A group may read it: systemd hands it over like that."""
    try:
        open_to_others = secret.stat().st_mode & 0o007
    except OSError:
        return ""  # whoever reads it says so
    return f"others may read {secret}; say chmod 600 {secret}" if open_to_others else ""


def _printed(command: tuple[str, ...], host: str) -> str:
    where = f"{command[0]} (token_command of {host})"
    try:
        ended = subprocess.run(  # noqa: S603 - the operator's own program
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=TOKEN_SECONDS, check=False
        )
    except (OSError, ValueError) as error:
        raise ConfigError([f"{where} cannot be run: {error}; write the path of a program"]) from error
    except subprocess.TimeoutExpired:
        raise ConfigError([f"{where} has not ended within {TOKEN_SECONDS} seconds; run it by hand"]) from None
    if ended.returncode:
        said = (ended.stderr.decode("utf-8", "replace").strip().splitlines() or ["nothing"])[-1][:200]
        raise ConfigError([f"{where} failed with status {ended.returncode} and said: {said}; run it by hand"])
    return ended.stdout.decode("utf-8", "replace").strip()


class MailboxConfig(Section):
    """One mailbox that is read and written from."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$")]
    address: MailAddress
    folder: str = "INBOX"
    poll_seconds: Annotated[int, Field(ge=10, le=3600)] = 60
    idle: bool = True
    since: date | None = None
    provider: str = "auto"
    """A name of `mailbot.config.providers`; `auto` goes by the host."""
    file_to: str = ""
    """The folder that mail is moved to once it is dealt with; none: the mailbox is only read."""
    authserv: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$")], ...] = ()
    """The names under which the provider writes Authentication-Results (RFC 8601 section 2.2); none: not looked at."""
    imap: Server
    smtp: Server

    @field_validator("provider")
    @classmethod
    def _known_provider(cls, value: str) -> str:
        if fault := providers.fault(value):
            raise ValueError(f"there is no provider {value}; {fault}")
        return value

    @model_validator(mode="after")
    def _within_what_the_provider_can_do(self) -> Self:
        provider = providers.of(self)
        if self.imap.auth == "password" and not provider.takes_passwords:
            raise ValueError(
                f'{provider.title} takes no passwords; write auth = "xoauth2" and token_command in [mailbox.imap]'
            )
        if self.file_to and not provider.files:
            raise ValueError(f"{provider.title} cannot move mail safely (neither MOVE nor UIDPLUS); take file_to out")
        if self.file_to and self.file_to == self.folder:
            raise ValueError("file_to is the folder that is read; write another, such as 已处理")
        return self
