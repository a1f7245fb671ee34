"""Parses mail into its head, words, files and tables, and screens it. Pure but for `reader`, which starts a child."""
