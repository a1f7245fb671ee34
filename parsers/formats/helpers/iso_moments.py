"""Days, times of day and lengths of time as XML formats write them (ISO 8601)."""

import re
from datetime import datetime, time, timedelta

_LENGTH = re.compile(
    r"(-)?P(?:(\d{1,7})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,7})M)?(?:(\d{1,7}(?:[.,]\d{1,12})?)S)?)?", re.ASCII
)
_LONG_FRACTION = re.compile(r"([.,]\d{6})\d+", re.ASCII)
_DAY = timedelta(days=1)
_ANY_DAY = datetime(2000, 1, 1)  # noqa: DTZ001 - a cell knows no zone


def moment(text: str) -> datetime | time | timedelta | None:
    """2021-06-01T08:00:00, 23:44:51.894, or PT0H11M: a length below a day is a time of day. None for anything else."""
    if found := _LENGTH.fullmatch(text):
        return _length(found) if text not in ("P", "-P") and not text.endswith("T") else None
    plain = _LONG_FRACTION.sub(r"\1", text.removesuffix("Z"))
    try:
        return datetime.fromisoformat(plain).replace(tzinfo=None) if "-" in plain else time.fromisoformat(plain)
    except ValueError:
        return None


def _length(found: re.Match[str]) -> time | timedelta | None:
    sign, days, hours, minutes, seconds = found.groups()
    try:
        length = timedelta(
            days=int(days or 0),
            hours=int(hours or 0),
            minutes=int(minutes or 0),
            seconds=float((seconds or "0").replace(",", ".")),
        )
    except OverflowError:
        return None
    if sign or length >= _DAY:
        return -length if sign else length
    return (_ANY_DAY + length).time()
