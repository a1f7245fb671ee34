"""The commands, one a file; `mailbot.cli.main` finds them."""
