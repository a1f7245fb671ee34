"""Draws the charts of a digest as small PNGs: progress by category, and reports over time.

Every figure that is drawn stands in the letter's words too. Where the machine has no Chinese font nothing is drawn.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from mailbot.domain.letter_contents import Digest

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontManager

WIDTH = 480
"""CSS pixels, of which each has two of the picture's: sharp on phones, whose 320 still let its words be read."""

DOTS_PER_INCH, TEXT = 96, 13.5
"""13.5 points are 18 CSS pixels; on a phone 12."""

FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "PingFang HK",
    "Hiragino Sans GB",
    "Heiti TC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "SimSun",
    "Noto Serif CJK SC",
    "Noto Serif CJK JP",
    "AR PL UMing CN",
    "Droid Sans Fallback",
    "Arial Unicode MS",
)
"""Families with Chinese characters, those that read best on a screen first."""

INK, QUIET, RULE, GROUND = "#1f2933", "#52606d", "#d9e0e7", "#ffffff"
DONE, OPEN, MISSING, DUE = "#1f4e79", "#e0a030", "#dfe5eb", "#b42318"


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG that a letter shows. `name` is ASCII, `alt` the same in words, `width` in CSS pixels."""

    name: str
    alt: str
    width: int
    content: bytes


@lru_cache(maxsize=4)
def pictures(digest: Digest) -> tuple[Picture, ...]:
    """The digest's pictures, the same bytes for the same digest; none without a Chinese font or without a unit."""
    if not digest.owed or font() is None:
        return ()
    progress = _drawn(_progress, digest, height=46 * len(digest.progress) + 56)
    timeline = _drawn(_timeline, digest, height=270)
    return (
        Picture("progress.png", _progress_words(digest), WIDTH, progress),
        Picture("timeline.png", _timeline_words(digest), WIDTH, timeline),
    )


@cache
def font() -> str | None:
    """The first of FONTS that this machine has now, whatever matplotlib has noted of its fonts some day."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # that it notes them again is no news
    from matplotlib import font_manager  # takes a second, and only a digest needs it

    return _known(font_manager.fontManager) or _known(_with_new_files(font_manager))


def _known(fonts: "FontManager") -> str | None:
    there = {entry.name for entry in fonts.ttflist if Path(entry.fname).is_file()}
    return next((family for family in FONTS if family in there), None)


def _with_new_files(module: ModuleType) -> "FontManager":
    """With the files that were installed since matplotlib looked for them, and without those that are gone."""
    fonts: FontManager = module.fontManager
    fonts.ttflist[:] = [entry for entry in fonts.ttflist if Path(entry.fname).is_file()]
    noted = {entry.fname for entry in fonts.ttflist}
    for path in module.findSystemFonts():
        if path not in noted:
            with suppress(Exception):  # a file that is damaged, or no font that it can draw
                fonts.addfont(path)
    return fonts


def _drawn(draw: "Callable[[Axes, Digest], None]", digest: Digest, height: int) -> bytes:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"font.family": font(), "font.size": TEXT, "text.color": INK, "axes.unicode_minus": False}):
        figure = Figure(figsize=(WIDTH / DOTS_PER_INCH, height / DOTS_PER_INCH), facecolor=GROUND, layout="constrained")
        axes = figure.add_subplot()
        for side in axes.spines.values():
            side.set_visible(False)
        axes.tick_params(length=0, labelcolor=INK)
        draw(axes, digest)
        return _png(figure)


def _png(figure: "Figure") -> bytes:
    """In few colours: a third of the bytes, and nothing that an eye sees."""
    from PIL import Image

    canvas, packed = BytesIO(), BytesIO()
    figure.savefig(canvas, format="png", dpi=2 * DOTS_PER_INCH)
    Image.open(canvas).convert("RGB").quantize(32).save(packed, "PNG", optimize=True)
    return packed.getvalue()


# ---------------------------------------------------------------- progress by category


def _progress(axes: "Axes", digest: Digest) -> None:
    lines = digest.progress
    rows = range(len(lines))
    whole = [line.reported - line.to_correct for line in lines]
    correct = [line.to_correct for line in lines]
    missing = [line.owed - line.reported for line in lines]
    from_open = [a + b for a, b in zip(whole, correct, strict=True)]
    kinds = (
        ("齐全", whole, [0] * len(lines), DONE, "#ffffff"),
        ("待补正", correct, whole, OPEN, INK),
        ("未报", missing, from_open, MISSING, INK),
    )
    for title, widths, lefts, colour, ink in kinds:
        bars = axes.barh(rows, widths, left=lefts, color=colour, label=title, height=0.62)
        axes.bar_label(bars, [str(n) if n else "" for n in widths], label_type="center", color=ink)
    axes.set_yticks(rows, [line.category for line in lines])
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.margins(x=0)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, frameon=False, handlelength=1, borderpad=0)


def _progress_words(digest: Digest) -> str:
    each = (f"{p.category}应报{p.owed}家，已报{p.reported}家，其中待补正{p.to_correct}家" for p in digest.progress)
    return "分类进度图：" + "；".join(each)


# ---------------------------------------------------------------- the way to the deadline


def _timeline(axes: "Axes", digest: Digest) -> None:
    today = digest.as_of.date()
    first, last = _first_day(digest), max(today, digest.deadline)
    days = [_number(day) for day in (first, *(day for day, _ in digest.timeline), today)]
    numbers = [0, *(number for _, number in digest.timeline), len(digest.reported)]
    margin = max(1, (last - first).days // 25)
    axes.set_xlim(days[0] - margin, _number(last) + margin)
    axes.set_ylim(0, digest.owed * 1.22)
    axes.axhline(digest.owed, color=QUIET, linewidth=1, linestyle=(0, (4, 3)))
    axes.text(days[0], digest.owed * 1.03, f"应报 {digest.owed} 家", color=QUIET, va="bottom")
    axes.axvline(_number(digest.deadline), color=DUE, linewidth=1.5)
    due = f"截止 {_short(digest.deadline)} "
    axes.text(_number(digest.deadline), digest.owed * 1.21, due, color=DUE, va="top", ha="right")
    axes.step(days, numbers, where="post", color=DONE, linewidth=2.5)
    axes.fill_between(days, numbers, step="post", color=DONE, alpha=0.12, linewidth=0)
    axes.plot(days[-1:], numbers[-1:], marker="o", markersize=7, color=DONE, clip_on=False)
    _name_the_end(axes, days[-1], numbers[-1], digest.owed)
    axes.set_xticks(*_days(first, last))
    axes.set_yticks(_heights(digest.owed))
    axes.grid(axis="y", color=RULE, linewidth=0.8)
    axes.set_axisbelow(True)


def _name_the_end(axes: "Axes", day: int, number: int, owed: int) -> None:
    """Where there is room: left of the point but near the left edge, above it but near the top."""
    left, right = axes.get_xlim()
    on_the_right, below = day - left < 0.4 * (right - left), number > 0.85 * owed
    axes.annotate(
        f"已报 {number} 家",
        (day, number),
        (8 if on_the_right else -8, -18 if below else 6),
        textcoords="offset points",
        ha="left" if on_the_right else "right",
        color=DONE,
        weight="bold",
    )


def _first_day(digest: Digest) -> date:
    """A fortnight before the first report, so that months without any take no room; not before the campaign began."""
    first = digest.timeline[0][0] if digest.timeline else digest.as_of.date()
    return max(digest.starts_on, min(first, digest.deadline, digest.as_of.date()) - timedelta(days=14))


def _days(first: date, last: date) -> tuple[list[int], list[str]]:
    """At most five days, whole weeks apart."""
    step = 7 * -(-max(7, (last - first).days // 4) // 7)
    days = [first + timedelta(days=n) for n in range(0, (last - first).days + 1, step)]
    return [_number(day) for day in days], [f"{day.month}.{day.day}" for day in days]


def _heights(owed: int) -> list[int]:
    """Round numbers clear of the line of those that owe a report."""
    step = next(step * 10**n for n in range(9) for step in (1, 2, 5) if owed <= 4 * step * 10**n)
    return list(range(0, int(owed * 0.95) + 1, step))


def _number(day: date) -> int:
    return day.toordinal()


def _short(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _timeline_words(digest: Digest) -> str:
    today = digest.as_of.date()
    return (
        f"报送进度图：截至{_short(today)}已报{len(digest.reported)}家，应报{digest.owed}家，"
        f"截止日期{_short(digest.deadline)}"
    )
