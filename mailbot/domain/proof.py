"""What proves that somebody is who they say they are."""

from enum import StrEnum


class Proof(StrEnum):
    """What is known of the sender of a mail or a command, beside the address or name that they give."""

    COMMAND = "command"
    """Typed on the machine itself, where the operating system decides who may."""
    AUTHENTICATED = "authenticated"
    """The mailbox's provider found a pass for the domain in From: DMARC, or SPF or DKIM aligned with it."""
    UNTOLD = "untold"
    """The mailbox's provider writes no results, so the address is all there is."""
    UNPROVED = "unproved"
    """The provider writes results, and none is a pass for the domain in From."""
    DISOWNED = "disowned"
    """The domain in From says that the mail is not its own (DMARC failed)."""
