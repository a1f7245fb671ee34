"""The configuration: one TOML file read into a checked `Config`, and what is known of mail providers."""

from mailbot.config.campaign import Campaign
from mailbot.config.loading import check_secrets, load
from mailbot.config.mail_servers import MailboxConfig, Server
from mailbot.config.model import Config, DigestConfig, Organisation, Reminders, Sending, Staff, Weekday

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
