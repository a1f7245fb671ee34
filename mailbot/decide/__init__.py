"""Decisions: functions of facts, campaign and now. Nothing here asks a clock, a mailbox or a database."""
