"""Reading a table of a known form: its cells become values with their places, and what is doubtful becomes findings."""

from parsers.reading.model import (
    Content,
    Fault,
    Finding,
    Layout,
    Period,
    Precision,
    Reading,
    Record,
    Severity,
    Unreadable,
    Value,
)

__all__ = [
    "Content",
    "Fault",
    "Finding",
    "Layout",
    "Period",
    "Precision",
    "Reading",
    "Record",
    "Severity",
    "Unreadable",
    "Value",
]
