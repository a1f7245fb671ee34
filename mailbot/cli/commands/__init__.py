"""The commands, one a file; `mailbot.cli.main` imports the one that is asked for."""

SUMMARIES = {
    "init": "Write the files that a new installation starts from.",
    "doctor": "Check everything, log-ins included; say what to do.",
    "roster": "Check the list of units.",
    "run": "Run the daemon in the foreground.",
    "once": "Make one whole pass, then stop.",
    "status": "Show who has reported, who has not, what waits.",
    "health": "Tell the monitoring whether the daemon works.",
    "release": "Show the letters that are held back, and send them.",
    "review": "List what waits for a person, and settle it.",
    "export": "Write all that is stored, or the workbook.",
    "preview": "Show what would be sent; send nothing.",
    "parse": "Show what is read from a file.",
    "backup": "Copy the database while the daemon runs.",
    "purge": "Erase what is kept no longer.",
    "subject": "Hand over or erase what is kept of one person.",
    "replay": "Build the records again from the archive.",
    "demo": "Run the whole system with mail of its own.",
}
"""Every command in a line, in the order in which an installation needs them."""
