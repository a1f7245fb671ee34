"""The digest's charts: small, reproducible, and left out where they would be illegible."""

from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from matplotlib import font_manager
from PIL import Image

from mailbot.domain.letter_contents import Digest, Line, Progress
from mailbot.letters.rendering import charts
from mailbot.letters.rendering.charts import pictures
from support.letters import digest

ZONE = ZoneInfo("Asia/Shanghai")
MANY = tuple(Line(f"第{n}单位", "街镇") for n in range(150))
CATEGORIES = ("开发区", "街镇", "系统", "直属", "驻区", "其他")

DIGESTS = {
    "usual": digest(),
    "nobody has reported": digest(reported=(), timeline=()),
    "everybody has reported": digest(
        owed=150, reported=MANY, timeline=((date(2021, 9, 1), 60), (date(2021, 9, 20), 150))
    ),
    "the first days": digest(as_of=datetime(2021, 5, 3, 8, 30, tzinfo=ZONE), timeline=((date(2021, 5, 2), 3),)),
    "after the deadline": digest(as_of=datetime(2021, 10, 25, 8, 30, tzinfo=ZONE)),
    "one unit": digest(owed=1, reported=MANY[:1], progress=(Progress("街镇", 1, 1, 1, 1, 1),)),
    "six categories": digest(progress=tuple(Progress(name, 99, 50, 10, 60, 99) for name in CATEGORIES)),
}

needs_a_font = pytest.mark.skipif(charts.font() is None, reason="no font with Chinese characters is installed")


@needs_a_font
@pytest.mark.parametrize("name", DIGESTS)
def test_pictures_are_small_and_twice_as_fine_as_they_are_shown(name: str) -> None:
    for picture in pictures(DIGESTS[name]):
        size = Image.open(BytesIO(picture.content)).size
        assert size[0] == 2 * picture.width <= 2 * 640
        assert 100 < size[1] < 900
        assert len(picture.content) < 40_000


@needs_a_font
def test_the_same_digest_gives_the_same_pictures() -> None:
    first = pictures(digest())
    pictures.cache_clear()
    assert pictures(digest()) == first


@needs_a_font
def test_a_picture_tells_its_figures_to_who_cannot_see_it() -> None:
    progress, timeline = pictures(digest())
    assert "街镇应报4家，已报2家，其中待补正1家" in progress.alt
    assert "截至9月27日已报3家，应报7家，截止日期9月30日" in timeline.alt


@needs_a_font
def test_a_picture_changes_with_its_figures() -> None:
    later = digest(progress=(Progress("开发区", 2, 2, 0, 3, 6),))
    assert pictures(later)[0].content != pictures(digest())[0].content


@pytest.mark.parametrize("nothing", [digest(owed=0, reported=(), progress=())])
def test_without_units_nothing_is_drawn(nothing: Digest) -> None:
    assert pictures(nothing) == ()


def test_without_a_chinese_font_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "FONTS", ("No Such Font",))
    charts.font.cache_clear()
    try:
        assert pictures(digest(owed=8)) == ()
    finally:
        charts.font.cache_clear()


@pytest.fixture
def forgetful() -> Iterator[None]:
    """Whatever matplotlib has noted of its fonts is as before when the test is over."""
    before = list(font_manager.fontManager.ttflist)
    charts.font.cache_clear()
    yield
    font_manager.fontManager.ttflist[:] = before
    charts.font.cache_clear()


@needs_a_font
@pytest.mark.usefixtures("forgetful")
def test_a_font_that_was_installed_after_matplotlib_looked_is_found() -> None:
    font_manager.fontManager.ttflist[:] = []
    assert charts.font() in charts.FONTS


@needs_a_font
@pytest.mark.usefixtures("forgetful")
def test_a_font_that_is_gone_since_matplotlib_looked_is_not_taken(tmp_path: Path) -> None:
    gone = font_manager.FontEntry(fname=str(tmp_path / "gone.ttf"), name=charts.FONTS[0])
    font_manager.fontManager.ttflist[:] = [gone]
    found = charts.font()
    assert found in charts.FONTS
    assert found in {entry.name for entry in font_manager.fontManager.ttflist if Path(entry.fname).is_file()}
