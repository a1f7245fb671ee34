"""The base of every section of the configuration, and the kinds of field that sections share."""

import unicodedata
from datetime import time
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationInfo

from mailbot.domain.identifiers import is_address


def _time_of_day(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return time.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f'write a time of day such as "09:00"; found {value!r}') from error


def _address(value: str) -> str:
    plain = unicodedata.normalize("NFKC", value).strip()
    if not is_address(value) and is_address(plain):
        raise ValueError(f"write {plain}, without full-width characters such as ＠ and without blanks; found {value!r}")
    if not is_address(value):
        raise ValueError(f"write a bare mail address such as office@example.org; found {value!r}")
    return value


def folder_of(info: ValidationInfo) -> Path:
    """The folder of the configuration file, at which relative paths start."""
    return Path((info.context or {}).get("folder", ""))


def _in_folder(value: Path, info: ValidationInfo) -> Path:
    return folder_of(info) / value


TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
MailAddress = Annotated[str, AfterValidator(_address)]
LocalPath = Annotated[Path, AfterValidator(_in_folder)]


class Section(BaseModel):
    """A part of the file; keys that it does not know are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)
