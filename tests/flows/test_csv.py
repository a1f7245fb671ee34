"""The CSV export speaks the language of its readers: titles, options and precision in words, figures as numbers."""

from mailbot.documents import exports
from support.mails import mail
from support.world import SHANGHAI, World, activity, table


def lines(world: World) -> list[tuple[object, ...]]:
    return list(exports.table(world.submissions, world.app.forms, SHANGHAI))


def test_a_line_is_in_words_and_says_what_is_no_exact_figure(world: World) -> None:
    content = table("新河街道总工会", activity(people="约300人"), activity("演讲", people=120))
    world.deliver(mail(sender="xinhe@example.org", attachments=[("附件1.xlsx", content)]))
    world.round()
    titles, first, second = lines(world)
    assert titles[:8] == ("受理号", "单位代码", "单位", "登记情况", "收到时间", "附件", "工作表", "行号")
    assert titles[-1] == "非确数（原文）"
    row = dict(zip(titles, first, strict=True))
    assert (row["受理号"], row["单位代码"], row["单位"]) == ("HWM21-0001", "XHE", "新河街道总工会")
    assert (row["登记情况"], row["活动形式"], row["接触职工人数"]) == ("已登记", "知识竞赛", 300)
    assert row["非确数（原文）"] == "接触职工人数：约数（约300人）"
    assert dict(zip(titles, second, strict=True))["非确数（原文）"] == ""
    assert not {"exact", "approximate", "quiz", "accepted"} & {str(cell) for line in (titles, first) for cell in line}


def test_what_does_not_count_is_in_no_line(world: World) -> None:
    draft = ("a.xlsx", table("新河街道总工会", activity()))
    world.deliver(mail(sender="xinhe@example.org", subject="统计表（初稿）", attachments=[draft]))
    world.round()
    assert len(lines(world)) == 1


def test_no_cell_runs_as_a_formula(world: World) -> None:
    content = table("新河街道总工会", activity("+1竞赛"))
    world.deliver(mail(sender="xinhe@example.org", attachments=[("a.xlsx", content)]))
    world.round()
    titles, line = lines(world)
    assert str(dict(zip(titles, line, strict=True))["活动名称"]).startswith("'")
