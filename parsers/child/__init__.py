"""Hostile files are read in a limited child process, and other programs are started behind walls."""
