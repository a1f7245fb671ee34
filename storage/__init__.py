"""Where things are kept: the database, the archive of raw messages, and the migrations between versions."""
