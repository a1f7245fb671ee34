"""Parses mail into its head, words, files and tables. All but `reader` is pure and runs in the limited child."""
