"""Letters of every kind with invented contents, for tests that render them."""

import dataclasses
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mailbot.config import Campaign, MailboxConfig, Organisation, Server
from mailbot.domain.campaign import Milestone, Subproject
from mailbot.domain.letter import Letter, LetterKind
from mailbot.domain.letter_contents import (
    Alert,
    Carried,
    CaseList,
    CaseTable,
    Digest,
    Extension,
    Figure,
    Forwarded,
    Line,
    Notice,
    NotStaff,
    Objected,
    Progress,
    ReadTable,
    Receipt,
    Reminder,
    Transcript,
    WaitingCase,
)
from mailbot.letters.receipts import CLOUD_LINK, NO_TABLE, QUARANTINED
from mailbot.letters.rendering.charts import Picture
from mailbot.letters.rendering.renderer import Renderer
from parsers.containers import faults as archives
from parsers.formats.helpers import faults

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2021, 9, 24, 16, 5, tzinfo=ZONE)


def drawn(digest: Digest) -> tuple[Picture, ...]:
    """In place of the real pictures, which take a while and a font."""
    names = ("progress.png", "timeline.png") if digest.owed else ()
    return tuple(Picture(name, f"{digest.week} {name}", 480, b"\x89PNG\r\n\x1a\n" + name.encode()) for name in names)


def letters(
    overrides: Path | None = None,
    draw: Callable[[Digest], tuple[Picture, ...]] = drawn,
    organisation: dict[str, Any] | None = None,
    **campaign: Any,
) -> Renderer:
    server = Server(host="mail.example.org", port=993, username="office", password_env="SECRET")
    return Renderer(
        Organisation.model_validate(
            {
                "name": "东海新区总工会",
                "department": "宣传网络部",
                "phones": ("60000001", "60000002"),
                **(organisation or {}),
            }
        ),
        MailboxConfig(name="office", address="office@example.org", imap=server, smtp=server),
        Campaign.model_validate(
            {
                "id": "net-2021",
                "title": "2021年“清朗网络”主题活动",
                "starts_on": date(2021, 5, 1),
                "deadline": date(2021, 9, 30),
                "case_prefix": "NET21",
                **campaign,
            }
        ),
        overrides,
        draw,
    )


def table(**changes: Any) -> ReadTable:
    usual: dict[str, Any] = {
        "attachment": "附件1 统计表.xlsx",
        "sheet": "Sheet1",
        "unit_name": "望海街道总工会",
        "relation": "new",
        "status": "accepted",
        "zero_report": False,
        "zero_reason": "",
        "activities": 2,
        "columns": ("活动名称", "活动时间", "活动地点", "接触职工人数"),
        "rows": (
            ("5", "网络安全知识竞赛", "2021年6月15日", "街道文化活动中心三楼", "180"),
            ("6", "好网民主题演讲", "2021年7月1日至2021年7月3日", "海滨公园", "300（原填：300余人）"),
        ),
        "figures": (("走进企业数", "3 家"), ("接触职工人数", "480 人")),
        "replaced_version": None,
        "changes": (),
        "errors": (),
        "warnings": (),
        "notices": (),
    }
    return ReadTable(**usual | changes)


ERRORS = (
    "第5行“网络安全知识竞赛”的“活动时间”为“待定”，请补充具体日期",
    "第6行“好网民主题演讲”的“接触职工人数”为空，请补充",
    "表中未见联系电话，请补充",
)
WARNINGS = ("第6行“好网民主题演讲”的“接触职工人数”为“300余人”，是约数，按300计，请核对",)
NOTICES = ("发件邮箱未在名录中登记，系首次使用或个人邮箱",)
CHANGES = ("接触职工人数 120→180（网络安全知识竞赛）", "新增 1 场", "减少 1 场")


def receipt(outcome: str = "complete", **changes: Any) -> Receipt:
    usual: dict[str, Any] = {
        "outcome": outcome,
        "case": "NET21-0037",
        "received_at": datetime(2021, 9, 24, 15, 2, 11, tzinfo=ZONE),
        "unit_name": "望海街道总工会",
        "tables": (table(),),
        "faults": (),
        "other_files": (),
        "deadline": date(2021, 9, 30),
        "reply_by": date(2021, 9, 28),
        "late": (),
        "is_over": False,
    }
    return Receipt(**usual | changes)


COME = {
    "nothing": (),
    "table": (),
    "quota": ("9月20日来件（受理号 NET21-0012）附件“附件1 统计表.xlsx”：已登记，活动 1 场",),
    "correction": ("9月20日来件（受理号 NET21-0012）附件“附件1 统计表.xlsx”：已登记，活动 1 场，尚待补正",),
}


def reminder(owes: str = "nothing", days: int = 5, **changes: Any) -> Reminder:
    usual: dict[str, Any] = {
        "unit_name": "望海街道总工会",
        "owes": owes,
        "days": days,
        "deadline": date(2021, 9, 30),
        "asked_by": date(2021, 9, 30) if days >= 0 else date(2021, 10, 11),
        "as_of": NOW,
        "activities": 1,
        "quota": 3,
        "open_errors": ERRORS if owes == "correction" else (),
        "come": COME[owes],
    }
    return Reminder(**usual | changes)


DEAD = "{}@example.org（地址不存在），自9月22日起，退回的信件：【报送提醒】线下活动统计表将于 9月30日 截止；{}"


def digest(**changes: Any) -> Digest:
    usual: dict[str, Any] = {
        "week": "2021-W38",
        "from_day": date(2021, 9, 20),
        "to_day": date(2021, 9, 26),
        "as_of": datetime(2021, 9, 27, 8, 30, tzinfo=ZONE),
        "is_first": False,
        "since": datetime(2021, 9, 22, 8, 30, tzinfo=ZONE),
        "starts_on": date(2021, 5, 1),
        "deadline": date(2021, 9, 30),
        "owed": 7,
        "reported": (
            Line("青石开发区工会", "开发区", "零报告"),
            Line("望海街道总工会", "街镇", "2 场"),
            Line("柳滩镇总工会", "街镇", "1 场"),
        ),
        "missing": (
            Line("云帆开发区工会", "开发区"),
            Line("北塔街道总工会", "街镇", "延期至10月8日"),
            Line("南桥街道总工会", "街镇", "来件待人工核对"),
            Line("教育系统工会", "系统", "已报信息"),
        ),
        "dead": (
            Line("望海街道总工会", "街镇", DEAD.format("wanghai", "现寄往 wanghai2@example.org")),
            Line("柳滩镇总工会", "街镇", DEAD.format("13812345678", "已无其他可用邮箱，请电话联系")),
        ),
        "returned": (
            Line(
                "新港街道总工会",
                "街镇",
                "xingang@example.org（邮箱已满），9月23日退回：【已收到】统计表（受理号 NET21-0031）；该邮箱照常寄送",
            ),
        ),
        "below_quota": (Line("柳滩镇总工会", "街镇", "1/3 场"),),
        "zero": (Line("青石开发区工会", "开发区", "场地维修"),),
        "extended": (Line("北塔街道总工会", "街镇", "延期至10月8日"),),
        "news_only": (Line("教育系统工会", "系统", "信息 2 条"),),
        "table_only": (Line("青石开发区工会", "开发区"), Line("柳滩镇总工会", "街镇")),
        "to_correct": tuple(Line("望海街道总工会", "街镇", error) for error in ERRORS),
        "corrected": (Line("青石开发区工会", "开发区", "9月24日更正，现为第2版，上期以来新收"),),
        "waiting": (
            Line(
                "单位待定",
                "",
                "NET21-0041 统计表.xls：填报单位“海街工会”无法与名录中的一个单位对应。可选：归属 望海街道总工会；忽略",
            ),
        ),
        "doubtful": (
            Line("青石开发区工会", "开发区", "第7行“覆盖职工网民数”为“1200000”，数字过大，请核对单位是否为“人”"),
        ),
        "unclear": (Line("望海街道总工会", "街镇", "表中“联系电话”为“1380000123”，号码位数不对，请核对"),),
        "new": (Line("望海街道总工会", "街镇", "2 场"),),
        "progress": (
            Progress("开发区", 2, 1, 0, 3, 6),
            Progress("街镇", 4, 2, 1, 3, 12),
            Progress("系统", 1, 0, 0, 0, 3),
        ),
        "figures": (
            Figure("线下活动", 6, "场", 2),
            Figure("接触职工人数", 12480, "人", 1200, rough=True, target=50000),
            Figure("职工好网民宣传员人数", 65, "人", 0),
        ),
        "recounted": ("职工好网民宣传员人数",),
        "timeline": ((date(2021, 9, 3), 1), (date(2021, 9, 14), 2), (date(2021, 9, 24), 3)),
        "received": 19,
        "ledger": (("统计表", 5), ("活动信息", 9), ("自动回复、退信等", 5)),
        "new_messages": 8,
        "letters": (("已发出", 11), ("待发送", 1), ("结果不明", 1), ("可能重复寄出（至多）", 2)),
        "coming": (Line("9月28日", "", "报送提醒，5 个单位（距截止 2 个工作日）"),),
        "milestones": (
            Milestone("启动", date(2021, 5, 1), date(2021, 5, 31)),
            Milestone("统计表截止", date(2021, 9, 30), date(2021, 9, 30)),
            Milestone("评选", date(2021, 10, 1), date(2021, 11, 30)),
        ),
        "trouble": (
            "1 封信件被对方服务器拒收",
            "1 封信件发送结果不明（对方可能未收到）",
            "结果不明：望海街道总工会，统计表回执：请补正（NET21-0041）（9月24日）",
            "磁盘剩余空间不足 500 MB",
        ),
    }
    return Digest(**usual | changes)


def empty_digest() -> Digest:
    nothing = {f.name: () for f in dataclasses.fields(Digest) if str(f.type).startswith("tuple")}
    return digest(**nothing, owed=0, received=0, new_messages=0)


FORWARDED = Forwarded(
    unit_name="望海街道总工会",
    address="13812345678@example.org",
    why="地址不存在",
    returned_at=datetime(2021, 9, 23, 10, 5, tzinfo=ZONE),
    subject="【已收到】望海街道总工会 统计表（受理号 NET21-0037）",
    lines=("望海街道总工会：", "您报送的统计表已收到，登记活动 2 场。", "联系电话 13912345678"),
)


ALERT = Alert(
    "收信失败",
    ("邮箱 office@example.org 自 9月24日15:30 起无法登录", "请核对授权码后运行 mailbot doctor"),
)
TEMPLATES: dict[type, str] = {NotStaff: "not-staff", WaitingCase: "case", Objected: "objection", CaseList: "case-list"}


def letter(content: object, kind: LetterKind = LetterKind.RECEIPT, **changes: Any) -> Letter:
    usual: dict[str, Any] = {
        "key": "receipt:abc",
        "to": "unit@example.com",
        "subject": "【已收到】望海街道总工会 统计表（受理号 NET21-0037）",
        "template": TEMPLATES.get(type(content), type(content).__name__.lower()),
        "unit": "JZ-WH",
    }
    return Letter(kind=kind, content=content, **usual | changes)


SECOND = table(
    attachment="望海街道补报.docx",
    sheet="",
    relation="supplements",
    activities=1,
    rows=(("2", "志愿服务进车间", "2021年8月8日", "（空）", "95"),),
    figures=(),
)


UNREADABLE = {
    "password": faults.password(),
    "broken": faults.broken(),
    "truncated": faults.truncated(),
    "too-large": faults.too_large("超过 20 万格"),
    "no-table": faults.no_table(),
    "archive-password": archives.password(),
    "archive-volume": archives.volume(),
    "winmail": archives.wrapped("truncated"),
}


"""What may be wrong with a file, as its sender is told."""


LETTERS: dict[str, object] = {
    "receipt-complete": receipt(tables=(table(),), other_files=("活动照片1.jpg", "签到表.pdf")),
    "receipt-supplements": receipt(
        tables=(SECOND,), totals=(("活动场次", "3 场"), ("接触职工人数", "575 人"), ("走进企业数", "3 家"))
    ),
    "receipt-remarks": receipt(tables=(table(notices=NOTICES),)),
    "receipt-replaces": receipt(tables=(table(relation="replaces", replaced_version=2, changes=CHANGES),)),
    "receipt-check": receipt("check", tables=(table(warnings=WARNINGS),)),
    "receipt-correct": receipt(
        "correct",
        tables=(table(status="needs_correction", errors=ERRORS, warnings=WARNINGS, notices=NOTICES),),
        faults=("“附件2.pdf”：该文件是扫描图片，无法读取其中的表格，请另附电子表格",),
        reply_by=date(2021, 10, 11),
        late=("望海街道总工会",),
        is_over=True,
    ),
    "receipt-partial": receipt(
        "partial",
        tables=(table(),),
        faults=("“7月.xlsx”：文件不完整，请重新发送一次",),
    ),
    "receipt-waiting": receipt(
        "waiting",
        unit_name=None,
        tables=(
            table(
                unit_name=None,
                status="review",
                relation="unclear",
                errors=("填报单位“海街工会”无法与名录中的一个单位对应",),
            ),
        ),
    ),
    "receipt-waiting-without-table": receipt("waiting", tables=()),
    "receipt-zero": receipt(
        "zero", tables=(table(zero_report=True, zero_reason="场地维修", activities=0, rows=(), figures=(), columns=()),)
    ),
    "receipt-duplicate": receipt("duplicate", tables=(table(relation="duplicate"),)),
    "receipt-information": receipt("information", tables=(), other_files=("活动简讯.docx", "现场照片.jpg")),
    "receipt-unreadable": receipt(
        "unreadable",
        tables=(),
        faults=("“统计表.jpg”：该文件为图片（盖章扫描件），无法读取其中的表格，请另附可编辑的电子表格",),
    ),
    "receipt-unreadable-every-kind": receipt(
        "unreadable",
        tables=(),
        faults=tuple(f"“{kind}.xlsx”：{error.text}" for kind, error in UNREADABLE.items()),
    ),
    "receipt-unreadable-link": receipt("unreadable", tables=(), faults=(CLOUD_LINK,)),
    "receipt-unreadable-other-table": receipt("unreadable", tables=(), faults=(NO_TABLE,)),
    "receipt-unreadable-quarantined": receipt("unreadable", tables=(), faults=(QUARANTINED,)),
    "receipt-unlisted": receipt(
        "waiting",
        unit_name=None,
        tables=(table(unit_name=None, status="review", errors=()),),
        unlisted=("远山机械厂工会",),
    ),
    "receipt-rejected": receipt("rejected", tables=(), reason="所附为去年的统计表"),
    "receipt-misdirected-subproject": receipt(
        "misdirected",
        tables=(),
        other_files=("入会案例申报表.docx",),
        subprojects=(Subproject("网上入会优秀案例征集", "东海市总工会", ("入会案例",)),),
    ),
    "receipt-misdirected": receipt("misdirected", unit_name=None, tables=(), other_files=("参赛作品.mp4",)),
    "not-staff": NotStaff(),
    "notice": Notice(
        "望海街道总工会",
        "someone@example.net",
        "NET21-0037",
        datetime(2021, 9, 24, 15, 2, 11, tzinfo=ZONE),
        (
            "附件1 统计表.xlsx：活动 2 场，走进企业数 3 家，接触职工人数 480 人（替换此前报送的统计表）",
            "补报.docx：活动 1 场",
        ),
    ),
    "notice-correction": Notice(
        "望海街道总工会",
        "wanghai@example.com",
        "NET21-0038",
        datetime(2021, 9, 24, 15, 2, 11, tzinfo=ZONE),
        ("附件1 统计表.xlsx：活动 2 场，走进企业数 3 家，接触职工人数 361 人（替换此前报送的统计表）",),
        ("接触职工人数 120→1（网络安全知识竞赛）",),
        is_correction=True,
        is_known=True,
    ),
    "objection": Objected("望海街道总工会", "NET21-0039", "NET21-0038"),
    "reminder-nothing-before": reminder(),
    "reminder-table-today": reminder("table", 0),
    "reminder-quota-before": reminder("quota", 2),
    "reminder-correction-overdue": reminder("correction", -1),
    "reminder-nothing-overdue": reminder("nothing", -5),
    "reminder-nothing-on-a-day-of-rest": reminder(
        days=0,
        deadline=date(2023, 8, 5),
        asked_by=date(2023, 8, 5),
        rests=True,
        ending=(Milestone("优秀案例征集", date(2023, 7, 1), date(2023, 8, 10)),),
    ),
    "case": WaitingCase(
        case="NET21-0041",
        about="望海街道总工会",
        why="与此前报送的活动只有部分相同或完全不同，且未注明“更正”或“补报”，由工作人员核对后登记",
        sender="unit@example.com",
        subject="统计表",
        received_at=datetime(2021, 9, 24, 15, 2, 11, tzinfo=ZONE),
        tables=(
            CaseTable(
                "统计表.xls",
                "望海街道总工会",
                ("活动名称", "活动时间", "活动地点", "接触职工人数"),
                (
                    ("5", "网络安全知识竞赛", "2021年6月15日", "街道文化活动中心三楼", "180"),
                    ("6", "好网民主题演讲", "2021年7月1日至2021年7月3日", "海滨公园", "300（原填：300余人）"),
                    ("7", "志愿服务进车间", "2021年8月8日", "（空）", "100"),
                ),
                0,
                ("第7行“志愿服务进车间”的“活动地点”为空，请补充",),
                (("活动场次", "3 场"), ("接触职工人数", "580 人")),
                CHANGES,
            ),
        ),
        words=("您好，附件是我单位的统计表，7月的活动有改动。", "联系人：陈晓 13800001234"),
        cut=False,
        left_out=("活动照片.zip（21.4 MB，超过大小限制）",),
        counting=("第1版，2021年9月20日收到，2 场，发件人 unit@example.com",),
        choices=("替换此前报送的统计表", "作为补报，与此前报送的一并登记", "忽略（不予登记，不答复来件）"),
        also=("归属 单位名称", "退回 原因"),
        token="K3J5Q7ZA",
    ),
    "case-letter": WaitingCase(
        case="NET21-0042",
        about="北塔街道总工会",
        why="申请延期报送，请工作人员答复",
        sender="beita@example.com",
        subject="回复：统计表将于 9月30日 截止",
        received_at=datetime(2021, 9, 24, 15, 2, 11, tzinfo=ZONE),
        tables=(),
        words=("因人员调整，能否延期至10月8日报送？", "北塔街道总工会"),
        cut=True,
        left_out=(),
        counting=(),
        choices=("登记为活动信息并答复", "已阅，不再处理"),
        also=("延期 日期（例如：延期 10月8日）", "归属 单位名称（登记为该单位的活动信息）", "退回 原因"),
        token="K3J5Q7ZB",
    ),
    "extension": Extension("北塔街道总工会", date(2021, 10, 8), date(2021, 9, 30), False),
    "extension-answer": Extension(
        "北塔街道总工会",
        date(2021, 10, 8),
        date(2021, 9, 30),
        True,
        datetime(2021, 9, 24, 15, 2, 11, tzinfo=ZONE),
        "NET21-0042",
    ),
    "case-list": CaseList(
        cases=(
            Line("xinhe@example.org", "", "NET21-0051：提及本次活动，未附统计表，请人工查看（主题：统计表怎么填）"),
            Line(
                "xinhe@example.org",
                "",
                "NET21-0052：提及本次活动，未附统计表，请人工查看（主题：www.example.net）",
            ),
        ),
        more=195,
        token="K3J5Q7ZC",
    ),
    "transcript-done": Transcript(
        (Carried("1", True, ("受理号 NET21-0041（望海街道总工会）已登记，替换此前报送的统计表",)),),
        ("NET21-0044 北塔街道总工会",),
        "T",
    ),
    "transcript-partly": Transcript(
        (
            Carried("NET21-0041 1", True, ("受理号 NET21-0041（望海街道总工会）已登记，替换此前报送的统计表",)),
            Carried(
                "NET21-0043 替换",
                False,
                (
                    "此后该单位另有来件：受理号 NET21-0045（2021年9月23日收到，更正，3 场，已登记）。原决定未执行，"
                    "已重新发出核定邮件，请按现有情况回复",
                ),
            ),
        ),
        ("NET21-0043 与此前报送的活动只有部分相同或完全不同",),
        "T",
    ),
    "transcript-refused": Transcript(
        (Carried("同意 1", False, ("未能理解这一行。请回复一个数字，或回复“帮助”查看可用的写法",)),),
        ("NET21-0041 望海街道总工会",),
        "T",
    ),
    "digest": digest(),
    "digest-empty": empty_digest(),
    "digest-first": digest(is_first=True, since=datetime(2021, 5, 1, tzinfo=ZONE)),
    "alert": ALERT,
    "forwarded": FORWARDED,
}
