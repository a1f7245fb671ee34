"""Reads the configuration file; every fault becomes a sentence that names file, line and key, and the remedy."""

import difflib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from mailbot.config.faults import remedy
from mailbot.config.model import Config
from mailbot.domain.errors import ConfigError
from parsers import toml

_CODE = (
    "holds a control character: a backslash (\\) begins a code there; write / instead, or put the text between ' and '"
)


Spare = Callable[[Path, str], bytes | None]
"""Gives the last calendar that could be used, by the folder of the archive and the campaign's id."""


def load(path: Path, spare: Spare | None = None) -> Config:
    """Read and check a configuration. `spare` is asked where the campaign's calendar cannot be used.

    Raises ConfigError with one sentence for each thing that is wrong, each naming the file and the key, and the line
    where it stands on one.
    """
    try:
        read = toml.read(path.read_bytes())
    except FileNotFoundError:
        raise ConfigError([f"{path}: there is no such file; `mailbot init` writes one to start from"]) from None
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from error
    except toml.TomlFault as fault:
        raise ConfigError([f"{path}, {fault}"]) from fault
    coded = [(loc, _CODE) for loc in _with_codes(read.data)]
    try:
        config = Config.model_validate(read.data, context=_context(path.resolve().parent, read.data, spare))
    except ValidationError as error:
        coded += _sentences(error, read.data)
    if coded:
        raise ConfigError(_placed(path, read, loc, sentence) for loc, sentence in coded)
    return config


def _context(folder: Path, data: dict[str, Any], spare: Spare | None) -> dict[str, Any]:
    """What validators need to know besides the values."""
    section = data.get("archive")
    archive = section.get("path") if isinstance(section, dict) else None
    place = folder / (archive if isinstance(archive, str) else "data/archive")
    return {"folder": folder} | ({"spare": lambda campaign: spare(place, str(campaign))} if spare else {})


def check_secrets(config: Config) -> None:
    """Raises ConfigError with one sentence for each password that is not where the configuration says."""
    faults: list[str] = []
    for mailbox in config.mailbox:
        for server in (mailbox.imap, mailbox.smtp):
            try:
                server.password()
            except ConfigError as error:
                faults += error.faults
    if faults:
        raise ConfigError(dict.fromkeys(faults))


def _placed(path: Path, read: toml.Toml, loc: toml.Path, sentence: str) -> str:
    line = read.line(loc)
    return f"{path}, line {line}: {_key(loc)}: {sentence}" if line else f"{path}: {_key(loc)}: {sentence}"


def _key(loc: toml.Path) -> str:
    """("mailbox", 0, "imap", "port") → "mailbox[1].imap.port"."""
    text = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in loc)
    return text.removeprefix(".") or "the file"


def _with_codes(value: object, loc: toml.Path = ()) -> Iterator[toml.Path]:
    """Where a text holds a tab, a line break or the like, which no value needs: C:\\temp in double quotation marks."""
    if isinstance(value, str) and any(ord(sign) < 32 or sign == "\x7f" for sign in value):
        yield loc
    elif isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _with_codes(inner, (*loc, step))


# ---------------------------------------------------------------- what pydantic finds


def _sentences(error: ValidationError, data: dict[str, Any]) -> Iterator[tuple[toml.Path, str]]:
    for fault in error.errors():
        loc = _as_written(fault["loc"], data)
        match fault["type"]:
            case "missing":
                yield loc, "is missing; write it"
            case "extra_forbidden":
                yield loc, _unknown(loc)
            case _:
                yield loc, remedy(fault)


def _as_written(loc: toml.Path, data: Any) -> toml.Path:
    """The way through the file: without pydantic's names of alternatives, and with the key of a table's n-th pair."""
    path: toml.Path = ()
    steps = iter(loc)
    for step in steps:
        if isinstance(data, dict) and isinstance(step, int):
            step = list(data)[step]
            next(steps, None)  # the key or the value of the pair
        elif not isinstance(data, dict | list) or (isinstance(data, list) and isinstance(step, str)):
            continue
        path = (*path, step)
        try:
            data = data[step]
        except (KeyError, IndexError):
            data = None
    return path


def _unknown(loc: toml.Path) -> str:
    key, table = str(loc[-1]), loc[:-1]
    homes = [home for home, model in _models(Config) if key in model.model_fields]
    if len(homes) == 1:
        return f"is not a key of {_key(table) if table else 'the whole file'}; it belongs to {homes[0] or 'its top'}"
    near = difflib.get_close_matches(key, _model_at(table).model_fields, n=1, cutoff=0.5)
    return f"is not a known key; did you mean {near[0]}?" if near else "is not a known key; remove it"


def _models(model: type[BaseModel], name: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    """Every table that the file may have, by its dotted name."""
    yield name, model
    for key, field in model.model_fields.items():
        for inner in _types(field.annotation):
            if issubclass(inner, BaseModel):
                yield from _models(inner, f"{name}.{key}".removeprefix("."))


def _model_at(table: toml.Path) -> type[BaseModel]:
    model: type[BaseModel] = Config
    for step in table:
        if isinstance(step, str) and step in model.model_fields:
            model = next((t for t in _types(model.model_fields[step].annotation) if issubclass(t, BaseModel)), model)
    return model


def _types(annotation: Any) -> Iterator[type]:
    if isinstance(annotation, type) and not getattr(annotation, "__args__", None):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _types(inner)
