"""The configuration: one TOML file becomes a checked `Config`; and what mail providers are known to do."""

from mailbot.config.model import (
    Campaign,
    Config,
    DigestConfig,
    MailboxConfig,
    Organisation,
    Reminders,
    Sending,
    Server,
    Staff,
    Weekday,
    check_secrets,
    load,
)

__all__ = [
    "Campaign",
    "Config",
    "DigestConfig",
    "MailboxConfig",
    "Organisation",
    "Reminders",
    "Sending",
    "Server",
    "Staff",
    "Weekday",
    "check_secrets",
    "load",
]
