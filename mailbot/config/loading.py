"""Reads the configuration file; every fault becomes a sentence that names the file, the key and the remedy."""

import difflib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mailbot.config.model import Config
from mailbot.domain.errors import ConfigError


def load(path: Path) -> Config:
    """Read and check a configuration.

    Raises ConfigError with one sentence for each thing that is wrong, each naming the file and the key.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError([f"{path}: there is no such file; `mailbot init` writes one to start from"]) from None
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path}: is not UTF-8 text (byte {error.start}); save it as UTF-8"]) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}: is not valid TOML: {error}"]) from error
    try:
        return Config.model_validate(data, context={"folder": path.resolve().parent})
    except ValidationError as error:
        raise ConfigError(f"{path}: {sentence}" for sentence in _sentences(error)) from error


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


def _sentences(error: ValidationError) -> Iterator[str]:
    for fault in error.errors():
        yield f"{_key(fault)}: {_remedy(fault)}"


def _key(fault: ErrorDetails) -> str:
    """("mailbox", 0, "imap", "port") → "mailbox[1].imap.port"."""
    text = ""
    for step in fault["loc"]:
        if isinstance(step, int):
            text += f"[{step + 1}]"
        elif step not in ("constrained-str", "literal['']"):
            text += f".{step}" if text else step
    return text or "the file"


def _remedy(fault: ErrorDetails) -> str:
    match fault["type"]:
        case "missing":
            return "is missing; write it"
        case "extra_forbidden":
            near = difflib.get_close_matches(str(fault["loc"][-1]), _known_keys(fault["loc"][:-1]), n=1, cutoff=0.5)
            return "is not a known key" + (f"; did you mean {near[0]}?" if near else "; remove it")
        case "value_error":
            return str(fault["ctx"]["error"])
        case _:
            message, found = fault["msg"], fault["input"]
            shown = f"; found {found!r}" if isinstance(found, str | int | float) else ""
            return f"{message[0].lower()}{message[1:]}{shown}"


def _known_keys(path: tuple[int | str, ...]) -> list[str]:
    model: type[BaseModel] = Config
    for step in path:
        if isinstance(step, str) and step in model.model_fields:
            model = next((t for t in _types(model.model_fields[step].annotation) if issubclass(t, BaseModel)), model)
    return list(model.model_fields)


def _types(annotation: Any) -> Iterator[type]:
    if isinstance(annotation, type) and not getattr(annotation, "__args__", None):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _types(inner)
