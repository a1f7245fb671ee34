"""Reads the lists that a campaign keeps in TOML files of their own: sub-projects, milestones, working days."""

import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails

from mailbot.config.faults import remedy as remedy_of
from mailbot.config.section import folder_of
from mailbot.domain.campaign import Milestone, Subproject
from mailbot.domain.workdays import Workdays
from parsers import toml


def subprojects_of(value: object, info: ValidationInfo) -> object:
    """The sub-projects of the file that is named; a list stays as it is."""
    return _listed(value, info, "subproject", Subproject, "name, host and words")


def milestones_of(value: object, info: ValidationInfo) -> object:
    """The milestones of the file that is named; a list stays as it is."""
    return _listed(value, info, "milestone", Milestone, "name, first and last (days such as 2021-09-30)")


def workdays_of(value: object, info: ValidationInfo) -> object:
    """The office's own `holidays` and `workdays` from the file that is named; what is no name stays as it is.

    A file that cannot be used gives way to the last one that could, where the context of the validation has that: its
    `spare` takes the campaign's id and gives bytes or None.
    """
    if not isinstance(value, str):
        return value
    path = folder_of(info) / value
    try:
        return workdays_in(read_bytes(path), path)
    except ValueError as error:
        spare = (info.context or {}).get("spare")
        kept = spare(info.data.get("id")) if spare else None
        if kept is None:
            raise
        return replace(workdays_in(kept, path), fault=str(error))


def workdays_in(content: bytes, source: Path) -> Workdays:
    """The `holidays` and `workdays` of a list. Raises ValueError with its first fault and the line of it."""
    name, remedy = source.name, "write holidays = [2027-01-01, …] and workdays = [2027-01-03, …]"
    try:
        found = toml.read(content).data
    except toml.TomlFault as fault:
        raise ValueError(f"{name}, {fault}") from fault
    if unknown := sorted(found.keys() - {"holidays", "workdays"}):
        raise ValueError(f"{name}: {unknown[0]} is not a known key; {remedy}")
    days: Workdays = _checked(name, Workdays, found, remedy)
    if both := sorted(days.holidays & days.workdays):
        raise ValueError(f"{name}: {both[0]} stands among holidays and among workdays; take it out of one")
    return replace(days, source=source)


def read_bytes(path: Path) -> bytes:
    """The bytes of a list. Raises ValueError where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path.name} cannot be read: {error.strerror}") from error


def _listed(value: object, info: ValidationInfo, key: str, kind: Any, keys: str) -> object:
    if not isinstance(value, str):
        return value
    tables = dict[str, Annotated[tuple[kind, ...], Field(min_length=1)]]
    return _checked(value, tables, {key: _toml(value, info).get(key)}, f"write [[{key}]] with {keys} for each")[key]


def _toml(name: str, info: ValidationInfo) -> dict[str, Any]:
    """A file that comes with the program under that name (`hwm-2021`), else one in the config's folder."""
    bundled = files("mailbot.campaigns") / f"{name}.toml"
    try:
        source = bundled if re.fullmatch(r"[\w-]+", name) and bundled.is_file() else folder_of(info) / name
        return toml.read(source.read_bytes()).data
    except OSError as error:
        raise ValueError(f"{name} comes not with mailbot, and no such file can be read: {error.strerror}") from error
    except toml.TomlFault as fault:
        raise ValueError(f"{name}, {fault}") from fault


def _checked(name: str, kind: Any, found: object, remedy: str) -> Any:
    """What a file holds, checked. Raises ValueError with its first fault."""
    try:
        return TypeAdapter(kind).validate_python(found)
    except ValidationError as error:
        fault = error.errors()[0]
        where = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in fault["loc"])
        raise ValueError(f"{name}: {where.lstrip('.')}: {_wanted(fault)}; {remedy}") from error


def _wanted(fault: ErrorDetails) -> str:
    return {"missing": "is missing", "unexpected_keyword_argument": "is not a known key"}.get(
        fault["type"]
    ) or remedy_of(fault)
