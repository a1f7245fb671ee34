"""The files that `mailbot init` copies: a commented configuration and a roster."""
