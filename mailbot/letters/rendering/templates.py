"""Loads the templates of letters: those of the program, under the office's own, in a sandbox."""

from pathlib import Path

from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailbot.domain.errors import ConfigError
from mailbot.letters.rendering.filters import FILTERS


def environment(overrides: Path | None) -> ImmutableSandboxedEnvironment:
    """Jinja as letters need it: HTML is escaped, what is missing is an error, a template reaches nothing else.

    Raises ConfigError where `overrides` is no folder or holds templates that do not compile.
    """
    own = PackageLoader("templates", "")
    made = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(overrides), own]) if overrides else own,
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {each.__name__: each for each in FILTERS}
    if overrides:
        _check(made, overrides)
    return made


def _check(environment: ImmutableSandboxedEnvironment, overrides: Path) -> None:
    """Refuse at the start what would else stop the first letter."""
    if not overrides.is_dir():
        raise ConfigError([f"templates: {overrides} is no folder; create it, or remove the key"])
    faults = []
    for name in environment.list_templates(extensions=["html", "txt"]):
        try:
            environment.get_template(name)
        except (TemplateError, UnicodeDecodeError) as error:
            faults.append(f"templates: {overrides / name} is not a template: {error}; correct it")
    if faults:
        raise ConfigError(faults)
