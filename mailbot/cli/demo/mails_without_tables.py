"""The other mails of the demo: without a table, unreadable, for a person to decide, automatic."""

import struct
import zlib

from mailbot.cli.demo.mailers import bounce
from mailbot.cli.demo.outbox import Outbox
from mailbot.cli.demo.tables import Activity, Filled, workbook


def without_a_table(outbox: Outbox) -> None:
    """News with a photo, a question, and a damaged file."""
    outbox.send(
        "活动信息：有文字和照片，没有统计表",
        outbox.at(12, "18:02"),
        ("教育工会", "jiaoyu@example.com"),
        "云海新区教育系统工会开展“争做中国好网民”主题活动",
        "近日，云海新区教育系统工会在听松小学开展好网民志愿服务活动，教职工80人参加，现场讲解依法上网、文明上网知识。"
        "活动照片附后。\n云海新区教育系统工会",
        ("活动照片.png", _photo()),
    )
    outbox.send(
        "只提问题，没有附件",
        outbox.at(4, "10:40"),
        ("公交集团工会", "gongjiao@example.com"),
        "关于统计表盖章的咨询",
        "您好：请问线下活动统计表是否必须加盖公章？电子版先报、盖章件后补可以吗？\n云海公共交通集团工会",
    )
    table = Filled("云海新区交通运输系统工会", "叶闻笛", "13800000008", outbox.day(6))
    outbox.send(
        "文件损坏：.xlsx 只传上来一半",
        outbox.at(6, "20:11"),
        ("叶闻笛", "jiaotong@example.net"),
        "交通运输系统工会统计表",
        "附件为交通运输系统工会统计表。",
        ("交通运输系统统计表.xlsx", workbook(table)[:2000]),
    )


def for_a_person(outbox: Outbox) -> None:
    """A table of which only a person can say whose it is."""
    opened = Activity("职工好网民读书会", outbox.day(18), "职工书屋", "其他", "读书分享", (1, 6, 1, 40, 300))
    table = Filled("临港工会", "苏遥", "13800000009", outbox.day(2), (opened,))
    outbox.send(
        "单位不明：“临港”可能是两个单位之一，发件地址也未登记",
        outbox.at(2, "13:27"),
        ("苏遥", "suyao@example.org"),
        "统计表",
        "统计表见附件，谢谢。",
        ("工作簿1.xlsx", workbook(table)),
    )


def automatic(outbox: Outbox) -> None:
    """An automatic reply and a bounce."""
    outbox.send(
        "自动回复：不回执，以免往复不止",
        outbox.at(11, "16:23"),
        ("望澜工会", "wanglan@example.net"),
        "自动回复：【已收到】线下活动统计表",
        "您好，我正在外出学习，来信已收到，返回后尽快回复。",
        headers=(("Auto-Submitted", "auto-replied"), ("X-Autoreply", "yes")),
    )
    outbox.send(
        "退信：地址不存在，须由工作人员更新名录",
        outbox.at(1, "09:02"),
        ("Mail Delivery System", "mailer-daemon@example.net"),
        "Undelivered Mail Returned to Sender",
        "The following address does not exist: shuiwu@example.net",
        program=lambda writing: bounce(writing, "shuiwu@example.net"),
        headers=(("Auto-Submitted", "auto-replied"), ("Return-Path", "<>")),
    )


def _photo(width: int = 640, height: int = 480) -> bytes:
    """A picture (PNG) of a sky that grows lighter towards the ground."""
    lines = b"".join(b"\0" + bytes((90 + y // 4, 140 + y // 5, 220)) * width for y in range(height))

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
