"""One command a file; `mailbot.cli.main` finds them."""
