"""Reads files: bytes become grids, grids become readings of a known form.

Pure: nothing here knows of mail, units, databases, clocks or networks.
"""
