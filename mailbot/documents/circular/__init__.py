"""The draft of a circular on who has reported (通报草稿), a Word document."""

from mailbot.documents.circular.draft import circular, name

__all__ = ["circular", "name"]
