"""Measures the rows of docs/benchmarks.md: `make bench` those that fit into ten minutes, `make bench-full` every one.

Prints the table with ratios and goals, and writes all figures as JSON.
"""

import argparse
import importlib
import json
import platform
import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench.harness import Group, Measured, Place, Result, measure

GROUPS = (
    "one_form",
    "many_mails",
    "arrival",
    "burst",
    "first_look",
    "identification",
    "roster",
    "digest",
    "claims",
    "reminders",
    "start_up",
    "memory",
)


def main() -> None:
    """Measure what is asked for."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)}; none: all")
    asked.add_argument("--full", action="store_true", help="every row, at its full size")
    asked.add_argument("--json", type=Path, default=Path("build/bench.json"), help="where the figures go")
    options = asked.parse_args()
    if unknown := set(options.groups) - set(GROUPS):
        asked.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}")
    names = [name for name in GROUPS if not options.groups or name in options.groups]
    groups = [importlib.import_module(f"bench.{name}").GROUP for name in names]
    begun, found = time.monotonic(), run([one for one in groups if one.rounds[options.full]], full=options.full)
    order = {group.name: place for place, group in enumerate(groups)}
    found.sort(key=lambda measured: order[measured.group.name])
    report = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "full": options.full,
        "minutes": round((time.monotonic() - begun) / 60, 1),
        "machine": machine(),
        "rows": [_as_json(result) for measured in found for result in measured.results],
        "rounds": {measured.group.name: measured.rounds for measured in found},
    }
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    show([result for measured in found for result in measured.results])
    print(f"{report['minutes']} minutes; {report['machine']}; all figures in {options.json}")


def run(groups: list[Group], *, full: bool) -> list[Measured]:
    """Measure groups in random order, each in a folder that is gone afterwards. One that fails ends nothing else."""
    random.shuffle(groups)
    console, found = Console(stderr=True), []
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        whole = bar.add_task("benchmarks", total=len(groups))
        for group in groups:
            task = bar.add_task(group.name, total=None)

            def done(case: str, task: Any = task, group: Group = group) -> None:
                bar.update(task, advance=1, description=f"{group.name}: {case}")

            with tempfile.TemporaryDirectory(prefix="mailbot-bench-", ignore_cleanup_errors=True) as folder:
                try:
                    found.append(measure(group, Place(Path(folder), full), done))
                except Exception as error:  # noqa: BLE001 - the others are measured; it is told
                    console.print(f"{group.name} failed: {type(error).__name__}: {error}", markup=False)
            bar.remove_task(task)
            bar.advance(whole)
    return found


def show(results: list[Result]) -> None:
    """The table."""
    table = Table("row", "measured", "least–most", "goal", "reach", "met", "of")
    for one in results:
        unit, sign = one.row.unit, "≥" if one.row.at_least else "≤"
        table.add_row(
            one.row.name,
            f"{in_words(one.median)}{unit}",
            f"{in_words(min(one.values))}–{in_words(max(one.values))}",
            "" if one.row.goal is None else f"{sign} {one.row.goal:g}",
            "" if one.row.reach is None else f"{one.row.reach:g}",
            {True: "yes", False: "no", None: ""}[one.is_met],
            one.of,
        )
    Console(width=None if sys.stdout.isatty() else 180).print(table)


def in_words(number: float) -> str:
    """With three figures."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def machine() -> str:
    """What it was measured on."""
    cpu = next((x.partition(":")[2].strip() for x in _lines("/proc/cpuinfo") if x.startswith("model name")), "")
    memory = next((int(x.split()[1]) // 2**20 for x in _lines("/proc/meminfo") if x.startswith("MemTotal")), 0)
    cores = sum(x.startswith("processor") for x in _lines("/proc/cpuinfo"))
    system = f"Linux {platform.release().split('-')[0]}, Python {platform.python_version()}"
    return f"{cores} cores of {cpu or platform.machine()}, {memory} GiB, {system}"


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="ascii", errors="replace").splitlines() if Path(path).exists() else []


def _as_json(result: Result) -> dict[str, Any]:
    return {
        "row": result.row.name,
        "median": result.median,
        "values": result.values,
        "unit": result.row.unit,
        "goal": result.row.goal,
        "at_least": result.row.at_least,
        "reach": result.row.reach,
        "met": result.is_met,
        "of": result.of,
    }


if __name__ == "__main__":
    main()
