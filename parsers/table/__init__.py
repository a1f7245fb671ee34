"""Grids become readings of a form: where its header stands, which rows are activities, what each cell says."""

from parsers.table.readings import read

__all__ = ["read"]
