"""A sheet as a page for staff."""

import re

from parsers.grid import Cell, Grid, Range
from parsers.layout import analyse, page
from parsers.layout.pictures import drawn


def shown(grid: Grid) -> str:
    """The page of a sheet."""
    return page([(grid, analyse(grid))])


def test_each_cell_has_the_colour_of_its_role_and_says_why() -> None:
    html = shown(drawn("活动统计表 | <\n活动名称 | 人数\n知识竞赛 | 30\n主题演讲 | 40"))
    assert '<td class="column-header" title="列名：' in html
    assert 'rowspan="1" colspan="2" class="title"' in html
    assert "结尾像栏目名" in html


def test_a_page_needs_nothing_from_elsewhere() -> None:
    html = shown(drawn("活动名称 | 人数\n知识竞赛 | 30"))
    assert not re.search(r"(?:src|href)=|url\(|@import", html)


def test_what_a_sender_wrote_is_no_markup() -> None:
    html = shown(Grid("<b>", {(1, 1): Cell('<script>"', "text", '<script>"')}))
    assert "<script>" not in html
    assert "<b>" not in html


def test_a_hostile_sheet_is_shown_in_part() -> None:
    cells = {(row, row): Cell("名称", "text", "名称") for row in range(1, 3000)}
    merges = tuple(Range(1, 1, row, row) for row in range(1, 3000))
    assert len(shown(Grid("表", cells, merges))) < 20_000_000


def test_an_example_line_is_shown_as_one() -> None:
    html = shown(drawn("序号 | 名称 | 人数\n例 | 示例：读书会 | 30\n1 | 知识竞赛 | 40\n2 | 主题演讲 | 25"))
    assert '<tr class="line-example"><th>2</th>' in html
