"""Child processes: hostile files are read in a limited one, other programs are started in a sandbox."""
