"""TOML files that people write by hand: what they hold with the line of each key, and what is wrong in a sentence."""

from parsers.toml.reading import Toml, TomlFault, read
from parsers.toml.statements import Path

__all__ = ["Path", "Toml", "TomlFault", "read"]
