"""Marks cells of a sender's own workbook: a fill and a comment, and everything else untouched."""
