"""`mailbot parse FILE --layout`: what the sheets of a file are, before any form."""

import json
from pathlib import Path

import click

from mailbot.cli.options import write_file
from mailbot.mail.reader import SECONDS, SLOW_SECONDS
from parsers.child import sandbox
from parsers.child.isolate import Died, Isolated
from parsers.layout.as_html import CELLS, SHAPES
from parsers.layout.of_file import FileLayout, layouts_of
from parsers.reading import Unreadable


def show_layouts(file: Path, content: bytes, *, as_json: bool, html: Path | None) -> None:
    """Write the page to `html` where it is given, else tell the sheets as JSON or in lines.

    Raises ClickException where the file cannot be read or the page not be written.
    """
    found = _layouts(file, content)
    if html:
        write_file(html, found.page.encode())
    elif as_json:
        click.echo(json.dumps({"sheets": found.sheets}, ensure_ascii=False))
    else:
        _tell(found)


def _layouts(file: Path, content: bytes) -> FileLayout:
    """Read in the limited child; in the one that may start LibreOffice where the file needs that."""
    try:
        try:
            with Isolated() as child:
                return child.call(layouts_of, content, file.name, timeout=SECONDS)
        except Unreadable as fault:
            if fault.code != sandbox.LATER:
                raise
            with Isolated(memory=sandbox.MEMORY, programs=True) as child:
                return child.call(layouts_of, content, file.name, True, timeout=SLOW_SECONDS)
    except Unreadable as fault:
        raise click.ClickException(f"{file}: {fault.text}") from fault
    except Died as death:
        raise click.ClickException(f"{file}: the child that read it was ended: {death}") from death


def _tell(found: FileLayout) -> None:
    for sheet in found.sheets:
        click.echo(f"工作表 {sheet['name'] or '（无名）'}")
        for table in sheet["tables"]:
            click.echo(f"  {table['range']}  {SHAPES[table['shape']]}")
            for role, name in CELLS.items():
                cells = [cell for cell, known in table["cells"].items() if known == role]
                if cells:
                    click.echo(f"    {name}：{f'{len(cells)} 格' if role == 'data' else ' '.join(cells)}")
        if not sheet["tables"]:
            click.echo("  没有找到表格")
