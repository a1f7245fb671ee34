"""Persistence: the database and its migrations, the archive of raw messages and its journal."""
