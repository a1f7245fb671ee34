"""One command a file; `mailbot.cli` finds them."""
