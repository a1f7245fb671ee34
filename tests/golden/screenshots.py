"""Renders every letter in a browser for review: `make screenshots` writes build/screenshots/*.png.

One picture a letter and width; in it, side by side, the page as it is, with its styles stripped, with its pictures
blocked, inverted as some readers do at night, and in its own dark dress. Needs Chromium.
"""

import html as markup
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageChops

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

from mailbot.letters.rendering import charts  # noqa: E402 - found by the line above
from support.letters import LETTERS, NOW, letter, letters  # noqa: E402 - found by the line above

OUTPUT = HERE.parents[1] / "build" / "screenshots"
FOR_README = {"receipt-correct": HERE.parents[1] / "docs" / "receipt.png"}
"""The letters that the project's first page shows, each as one picture without its other dresses."""
WIDTHS = (360, 700)
TALLEST = 8000
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")

SHEET = """<!DOCTYPE html><meta charset="utf-8">
<style>body {{ margin: 8px; background: #888; font: 14px sans-serif; }}
td {{ vertical-align: top; padding: 0 6px; }} iframe {{ border: 0; width: {width}px; height: 6000px; }}</style>
<table><tr>{frames}</tr></table>
<script>onload = () => {{ for (const f of document.querySelectorAll("iframe"))
  f.style.height = f.contentDocument.querySelector("table").offsetHeight + "px" }}</script>"""


def dresses(page: str) -> dict[str, str]:
    """The page in every dress that a reader may give it."""
    stripped = re.sub(r"<style.*?</style>| class=\"[^\"]*\"", "", page, flags=re.DOTALL)
    return {
        "plain": page,
        "style blocks stripped": stripped,
        "without images": re.sub(r'src="data:[^"]*"', 'src="about:blank"', page),
        "inverted": page.replace("</head>", "<style>html { filter: invert(1) hue-rotate(180deg) }</style></head>"),
        "dark": page.replace("(prefers-color-scheme: dark)", "all"),
    }


def shoot(chromium: str, pages: dict[str, str], width: int, target: Path) -> None:
    """One picture of these pages beside each other, each under its name."""
    frames = "".join(
        f'<td>{name}<br><iframe srcdoc="{markup.escape(page)}"></iframe></td>' for name, page in pages.items()
    )
    with TemporaryDirectory() as folder:
        sheet = Path(folder) / "sheet.html"
        sheet.write_text(SHEET.format(width=width, frames=frames), encoding="utf-8")
        window = f"{(width + 14) * len(pages) + 40},{TALLEST}"
        subprocess.run(
            [chromium, "--headless", "--no-sandbox", "--hide-scrollbars", "--virtual-time-budget=2000",
             f"--user-data-dir={folder}/profile", f"--window-size={window}", f"--screenshot={target}", sheet.as_uri()],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
    picture = Image.open(target).convert("RGB")
    ground = Image.new("RGB", picture.size, picture.getpixel((2, TALLEST - 2)))
    box = ImageChops.difference(picture, ground).getbbox()
    picture.crop((0, 0, picture.width, min(TALLEST, (box[3] if box else 0) + 8))).save(target)


def main() -> None:
    """All of them, or those whose names begin with one of the arguments."""
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if chromium is None:
        sys.exit(f"none of {', '.join(CHROMIUM)} is installed; install one of them")
    OUTPUT.mkdir(parents=True, exist_ok=True)
    house = letters(draw=charts.pictures)
    for name, content in LETTERS.items():
        if not any(name.startswith(wanted) for wanted in sys.argv[1:] or [""]):
            continue
        page, _ = house.pages(letter(content), NOW)
        for width in WIDTHS:
            shoot(chromium, dresses(page), width, OUTPUT / f"{name}-{width}.png")
        if name in FOR_README:
            shoot(chromium, {"": page}, WIDTHS[-1], FOR_README[name])
        print(OUTPUT / f"{name}-*.png")


if __name__ == "__main__":
    main()
