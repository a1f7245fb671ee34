"""The mails of the demo: what an invented district's units send in the last two weeks before a deadline.

Everything follows from the day the demo is run on; units, people, addresses and activities are invented.
"""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from importlib.resources import files
from zoneinfo import ZoneInfo

from mailbot.cli.demo.mailers import Writing, bounce, foxmail, webmail
from mailbot.cli.demo.tables import Activity, Filled, text_file, workbook

ADDRESS = "demo@example.com"
"""The mailbox that everybody in the demo writes to."""
CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Sample:
    """A mail, the time it arrived, and in a Chinese sentence what it is there to show."""

    raw: bytes
    received_at: datetime
    about: str


@dataclass(frozen=True, slots=True)
class Span:
    """The demo's campaign; both days are included."""

    starts_on: date
    deadline: date


def campaign(today: date) -> Span:
    """A campaign that began four months ago and ends in four days."""
    return Span(today - timedelta(days=120), today + timedelta(days=4))


def roster() -> bytes:
    """The demo's twenty units as a roster file (UTF-8)."""
    return files("mailbot.cli.demo").joinpath("roster.csv").read_bytes()


def samples(today: date, *, to: str = ADDRESS, zone: tzinfo = CHINA) -> tuple[Sample, ...]:
    """The mails to `to`, in the order of their arrival in the fourteen days before `today`."""
    post = _Post(today, to, zone)
    for write in (_well_filled, _mistaken, _corrected, _without_a_table, _for_a_person, _automatic):
        write(post)
    return tuple(sorted(post.samples, key=lambda sample: sample.received_at))


class _Post:
    """Collects what is sent; `day(n)` is the day n days before the demo."""

    def __init__(self, today: date, to: str, zone: tzinfo) -> None:
        self._today, self._to, self._zone = today, to, zone
        self.samples: list[Sample] = []

    def day(self, ago: int) -> date:
        return self._today - timedelta(days=ago)

    def at(self, ago: int, clock: str) -> datetime:
        return datetime.combine(self.day(ago), time.fromisoformat(clock), self._zone)

    def send(
        self,
        about: str,
        when: datetime,
        sender: tuple[str, str],
        subject: str,
        text: str,
        *attached: tuple[str, bytes],
        program: Callable[[Writing], bytes] = webmail,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        message_id = f"<{when:%Y%m%d%H%M}.{sender[1]}>"
        writing = Writing(*sender, self._to, when, message_id, subject, text, attached, headers)
        self.samples.append(Sample(program(writing), when, about))


def _well_filled(post: _Post) -> None:
    quiz = Activity(
        "青鸾街道职工好网民知识竞赛",
        post.day(60),
        "青鸾街道文化活动中心",
        "知识竞赛",
        "网络安全知识竞答",
        (6, 30, 4, 160, 5200),
        "街道公众号推送2篇",
    )
    lecture = Activity(
        "个人信息保护进企业", post.day(33), "云杉服饰厂职工之家", "讲座培训", "个人信息保护讲座", (3, 12, 1, 85, 1600)
    )
    table = Filled("青鸾街道总工会", "林一舟", "13800000001", post.day(13), (quiz, lecture), (9, 42, 5, 245, 6800))
    post.send(
        "表格齐全：标题合并、表头信息逐格填写；主题和附件名按 gb18030 编码",
        post.at(13, "09:41"),
        ("青鸾街道总工会", "qingluan@example.com"),
        "青鸾街道总工会报送线下活动统计表",
        "区总工会宣传网络部：\n    现将我单位线下活动统计表报上，请查收。\n青鸾街道总工会",
        ("附件1：线下活动统计表（青鸾街道）.xlsx", workbook(table)),
        program=foxmail,
    )
    table = Filled(
        "望澜街道总工会",
        "沈知远",
        "13800000002",
        post.day(11),
        (
            Activity(
                "文明上网集中宣传日",
                post.day(45),
                "望澜广场",
                "集中宣传、志愿服务",
                "发放宣传资料、现场咨询",
                (5, 20, 3, 320, 2400),
                "微信群转发",
                "与社区共同开展",
            ),
        ),
    )
    post.send(
        "表格齐全：另存为 CSV 的文本文件，GBK 编码",
        post.at(11, "16:20"),
        ("望澜工会", "wanglan@example.net"),
        "统计表",
        "附件为望澜街道总工会统计表。",
        ("望澜街道统计表.csv", text_file(table, "gbk")),
        program=lambda writing: foxmail(writing, "gbk"),
    )
    first = Activity(
        "科创园区好网民主题演讲比赛",
        post.day(80),
        "园区会议中心",
        "主题演讲",
        "讲述网上正能量故事",
        (10, 60, 12, 400, 18000),
        "网络直播1场",
    )
    second = Activity(
        "网络素养公益课堂", post.day(52), "园区工会服务站", "公益活动", "网络素养教育", (4, 15, 6, 120, 3000)
    )
    third = Activity(
        "反网络诈骗宣传走进车间", post.day(12), "园区三号厂房", "集中宣传", "反诈宣传、现场答疑", (2, 8, 3, 90, 1500)
    )
    table = Filled("云海新区科创园区总工会", "顾青禾", "13800000003", post.day(10), (first, second))
    post.send(
        "表格齐全：表头信息挤在一个合并单元格里",
        post.at(10, "10:05"),
        ("顾青禾", "kechuang@example.com"),
        "云海新区科创园区总工会 12351+ 线下活动统计表",
        "您好：\n园区开展两场活动，统计表见附件。\n科创园区总工会 顾青禾",
        ("科创园区总工会统计表.xlsx", workbook(table, head_in_one_cell=True)),
    )
    table = replace(table, filled_on=post.day(3), activities=(third,))
    post.send(
        "补报：在先前的两场之外追加一场",
        post.at(3, "14:30"),
        ("顾青禾", "kechuang@example.com"),
        "补报：云海新区科创园区总工会线下活动统计表",
        "您好：\n现补报一场活动，此前报送的两场不变。\n科创园区总工会 顾青禾",
        ("科创园区总工会统计表（补报）.xlsx", workbook(table, head_in_one_cell=True)),
    )


def _mistaken(post: _Post) -> None:
    undated = Activity(
        "职工网络安全讲座", "待定", "松照街道党群服务中心", "讲座培训", "网络安全知识", (3, 10, 2, 60, 900)
    )
    uncounted = Activity(
        "好网民志愿服务进社区", post.day(40), "松照第二社区", "志愿服务", "依法上网宣传", (2, 16, 0, None, 1200)
    )
    vague = Activity("正能量文艺展演", post.day(26), "松照剧场", "文艺展演", "职工自编节目", (5, 25, 4, "数百人", 8000))
    table = Filled("松照街道总工会", "陆小满", "13800000004", post.day(9), (undated, uncounted, vague))
    post.send(
        "需补正：活动时间“待定”、一处人数为空、一处“数百人”",
        post.at(9, "11:12"),
        ("陆小满", "songzhao@example.com"),
        "松照街道总工会报送统计表",
        "统计表见附件，请审阅。\n松照街道总工会",
        ("附件1.xlsx", workbook(table)),
        program=foxmail,
    )
    about_300 = Activity(
        "网上练兵知识答题",
        post.day(55),
        "鹿鸣街道职工书屋",
        "知识竞赛",
        "网络文明知识答题",
        (4, 18, 2, "约300人", 4000),
    )
    few_reached = Activity("好网民签名活动", post.day(20), "鹿鸣公园", "集中宣传", "签名倡议", (3, 12, 1, 200, 150))
    table = Filled(
        "鹿鸣街道总工会",
        "江晚亭",
        "13800000005",
        post.day(8),
        (about_300, few_reached),
        (7, 30, 3, 520, 4150),
    )
    post.send(
        "收下但请核对：人数为约数、合计与各行之和不符、覆盖人数少于接触人数",
        post.at(8, "17:48"),
        ("鹿鸣街道总工会", "luming@example.org"),
        "鹿鸣街道总工会统计表",
        "现报送统计表，请查收。",
        ("鹿鸣街道好网民统计表（终版）.xlsx", workbook(table)),
    )


def _corrected(post: _Post) -> None:
    opening = Activity(
        "白鹭湾镇好网民活动启动仪式", post.day(70), "白鹭湾镇文体中心", "集中宣传", "宣读倡议书", (8, 26, 5, 210, 3600)
    )
    course = Activity(
        "网络谣言辨识课", post.day(30), "白鹭湾镇职工学校", "讲座培训", "辨识网络谣言", (3, 9, 2, 75, 800)
    )
    table = Filled("白鹭湾镇总工会", "宋清越", "13800000006", post.day(7), (opening, course))
    sender = ("宋清越", "bailuwan@example.net")
    post.send(
        "先报的一版，随后被更正",
        post.at(7, "08:55"),
        sender,
        "白鹭湾镇总工会统计表",
        "统计表见附件。\n白鹭湾镇总工会",
        ("统计表.xlsx", workbook(table)),
    )
    changed = replace(course, counts=(3, 9, 2, 105, 1300))
    post.send(
        "更正：整表替换，其中一场的人数有改动",
        post.at(6, "09:30"),
        sender,
        "更正：白鹭湾镇总工会统计表",
        "昨日所报统计表第2场人数有误，现予更正，请以此表为准。\n白鹭湾镇总工会",
        ("统计表（更正）.xlsx", workbook(replace(table, filled_on=post.day(6), activities=(opening, changed)))),
    )
    table = Filled("稻香镇总工会", "何惜川", "13800000007", post.day(5), words="本期无活动")
    post.send(
        "零报告：表中写明“本期无活动”",
        post.at(5, "15:16"),
        ("稻香镇总工会", "daoxiang@example.org"),
        "稻香镇总工会统计表（零报告）",
        "我镇本期无线下活动，特此报告。\n稻香镇总工会",
        ("附件1.xlsx", workbook(table)),
        program=foxmail,
    )


def _without_a_table(post: _Post) -> None:
    post.send(
        "活动信息：有文字和照片，没有统计表",
        post.at(12, "18:02"),
        ("教育工会", "jiaoyu@example.com"),
        "云海新区教育系统工会开展“争做中国好网民”主题活动",
        "近日，云海新区教育系统工会在听松小学开展好网民志愿服务活动，教职工80人参加，现场讲解依法上网、文明上网知识。"
        "活动照片附后。\n云海新区教育系统工会",
        ("活动照片.png", _photo()),
    )
    post.send(
        "只提问题，没有附件",
        post.at(4, "10:40"),
        ("公交集团工会", "gongjiao@example.com"),
        "关于统计表盖章的咨询",
        "您好：请问线下活动统计表是否必须加盖公章？电子版先报、盖章件后补可以吗？\n云海公共交通集团工会",
    )
    table = Filled("云海新区交通运输系统工会", "叶闻笛", "13800000008", post.day(6))
    post.send(
        "文件损坏：.xlsx 只传上来一半",
        post.at(6, "20:11"),
        ("叶闻笛", "jiaotong@example.net"),
        "交通运输系统工会统计表",
        "附件为交通运输系统工会统计表。",
        ("交通运输系统统计表.xlsx", workbook(table)[:2000]),
    )


def _for_a_person(post: _Post) -> None:
    opened = Activity("职工好网民读书会", post.day(18), "职工书屋", "其他", "读书分享", (1, 6, 1, 40, 300))
    table = Filled("临港工会", "苏遥", "13800000009", post.day(2), (opened,))
    post.send(
        "单位不明：“临港”可能是两个单位之一，发件地址也未登记",
        post.at(2, "13:27"),
        ("苏遥", "suyao@example.org"),
        "统计表",
        "统计表见附件，谢谢。",
        ("工作簿1.xlsx", workbook(table)),
    )


def _automatic(post: _Post) -> None:
    post.send(
        "自动回复：不回执，以免往复不止",
        post.at(11, "16:23"),
        ("望澜工会", "wanglan@example.net"),
        "自动回复：【已收到】线下活动统计表",
        "您好，我正在外出学习，来信已收到，返回后尽快回复。",
        headers=(("Auto-Submitted", "auto-replied"), ("X-Autoreply", "yes")),
    )
    post.send(
        "退信：地址不存在，须由工作人员更新名录",
        post.at(1, "09:02"),
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
