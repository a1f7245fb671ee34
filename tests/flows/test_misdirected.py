"""Entries for sub-projects are answered with where to send them; news about sub-projects is filed as news."""

from pathlib import Path

from mailbot.domain.mail import Disposition
from support.mails import mail
from support.world import World, words

LIST = """[[subproject]]
name = "微视频征集"
host = "甲省总工会"
words = ["微视频"]
"""


def test_the_receipt_names_the_sub_project_and_its_host(tmp_path: Path) -> None:
    world = World(tmp_path, campaign={"subprojects": "hwm-2021"})
    world.deliver(
        mail(sender="xinhe@example.org", subject="小程序应用优秀案例申报", attachments=[("申报表.docx", b"PK")])
    )
    world.round()
    (message,) = world.messages
    assert message.disposition is Disposition.MISDIRECTED
    text = words(world.sent()[0])
    assert "来件内容属于小程序应用优秀案例征集（承办单位：广东省总工会）" in text
    assert "通过该子项目的参与平台提交" in text


def test_without_a_list_the_receipt_says_it_in_general(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.deliver(
        mail(
            sender="xinhe@example.org",
            subject="报送微视频作品",
            attachments=[("作品.mp4", b"\0\0\0\x18ftypmp42" + b"\1" * 99)],
        )
    )
    world.round()
    assert [message.disposition for message in world.messages] == [Disposition.MISDIRECTED]
    assert "请登录相应子项目的参与平台提交" in words(world.sent()[0])


def test_a_film_behind_a_link_is_no_table_that_has_to_come_again(tmp_path: Path) -> None:
    world = World(tmp_path)
    link = "超大附件：https://mail.qq.com/cgi-bin/ftnExs_download?k=1 （7天后过期）"
    for subject in ("报送微视频作品", "报送统计表和微视频作品"):
        world.deliver(mail(sender="xinhe@example.org", subject=subject, text=link))
    world.round()
    assert [message.disposition for message in world.messages] == [Disposition.MISDIRECTED, Disposition.UNREADABLE]


def test_a_scanned_table_beside_works_is_asked_for_and_not_sent_away(tmp_path: Path) -> None:
    world = World(tmp_path)
    scan = ("统计表.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"x" * 99)
    world.deliver(mail(sender="xinhe@example.org", subject="报送微视频作品", attachments=[scan]))
    world.round()
    assert [message.disposition for message in world.messages] == [Disposition.UNREADABLE]


def test_news_that_names_a_sub_project_stays_news(tmp_path: Path) -> None:
    world = World(tmp_path, campaign={"subprojects": "hwm-2021"})
    photo = ("1.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"x" * 99)
    text = "我街组织职工参加网络正能量微视频征集，报送作品3件。"
    world.deliver(mail(sender="xinhe@example.org", subject="新河街活动信息", text=text, attachments=[photo]))
    world.round()
    assert [message.disposition for message in world.messages] == [Disposition.INFORMATION]


def test_a_list_of_ones_own_is_read_from_the_folder_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(LIST, encoding="utf-8")
    (subproject,) = World(tmp_path, campaign={"subprojects": "ours.toml"}).config.campaign.subprojects
    assert (subproject.name, subproject.host, subproject.words) == ("微视频征集", "甲省总工会", ("微视频",))
