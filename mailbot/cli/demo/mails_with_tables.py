"""The mails of the demo with tables that are read: complete, faulty, corrected."""

from dataclasses import replace

from mailbot.cli.demo.mailers import foxmail
from mailbot.cli.demo.outbox import Outbox
from mailbot.cli.demo.tables import Activity, Filled, text_file, workbook


def well_filled(outbox: Outbox) -> None:
    """Complete tables: a workbook, a .csv, a head block in one merged cell, and a later addition."""
    quiz = Activity(
        "青鸾街道职工好网民知识竞赛",
        outbox.day(60),
        "青鸾街道文化活动中心",
        "知识竞赛",
        "网络安全知识竞答",
        (6, 30, 4, 160, 5200),
        "街道公众号推送2篇",
    )
    lecture = Activity(
        "个人信息保护进企业", outbox.day(33), "云杉服饰厂职工之家", "讲座培训", "个人信息保护讲座", (3, 12, 1, 85, 1600)
    )
    table = Filled("青鸾街道总工会", "林一舟", "13800000001", outbox.day(13), (quiz, lecture), (9, 42, 5, 245, 6800))
    outbox.send(
        "表格齐全：标题合并、表头信息逐格填写；主题和附件名按 gb18030 编码",
        outbox.at(13, "09:41"),
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
        outbox.day(11),
        (
            Activity(
                "文明上网集中宣传日",
                outbox.day(45),
                "望澜广场",
                "集中宣传、志愿服务",
                "发放宣传资料、现场咨询",
                (5, 20, 3, 320, 2400),
                "微信群转发",
                "与社区共同开展",
            ),
        ),
    )
    outbox.send(
        "表格齐全：另存为 CSV 的文本文件，GBK 编码",
        outbox.at(11, "16:20"),
        ("望澜工会", "wanglan@example.net"),
        "统计表",
        "附件为望澜街道总工会统计表。",
        ("望澜街道统计表.csv", text_file(table, "gbk")),
        program=lambda writing: foxmail(writing, "gbk"),
    )
    first = Activity(
        "科创园区好网民主题演讲比赛",
        outbox.day(80),
        "园区会议中心",
        "主题演讲",
        "讲述网上正能量故事",
        (10, 60, 12, 400, 18000),
        "网络直播1场",
    )
    second = Activity(
        "网络素养公益课堂", outbox.day(52), "园区工会服务站", "公益活动", "网络素养教育", (4, 15, 6, 120, 3000)
    )
    third = Activity(
        "反网络诈骗宣传走进车间", outbox.day(12), "园区三号厂房", "集中宣传", "反诈宣传、现场答疑", (2, 8, 3, 90, 1500)
    )
    table = Filled("云海新区科创园区总工会", "顾青禾", "13800000003", outbox.day(10), (first, second))
    outbox.send(
        "表格齐全：表头信息挤在一个合并单元格里",
        outbox.at(10, "10:05"),
        ("顾青禾", "kechuang@example.com"),
        "云海新区科创园区总工会 12351+ 线下活动统计表",
        "您好：\n园区开展两场活动，统计表见附件。\n科创园区总工会 顾青禾",
        ("科创园区总工会统计表.xlsx", workbook(table, head_in_one_cell=True)),
    )
    table = replace(table, filled_on=outbox.day(3), activities=(third,))
    outbox.send(
        "补报：在先前的两场之外追加一场",
        outbox.at(3, "14:30"),
        ("顾青禾", "kechuang@example.com"),
        "补报：云海新区科创园区总工会线下活动统计表",
        "您好：\n现补报一场活动，此前报送的两场不变。\n科创园区总工会 顾青禾",
        ("科创园区总工会统计表（补报）.xlsx", workbook(table, head_in_one_cell=True)),
    )


def mistaken(outbox: Outbox) -> None:
    """Tables that have to be corrected or checked."""
    undated = Activity(
        "职工网络安全讲座", "待定", "松照街道党群服务中心", "讲座培训", "网络安全知识", (3, 10, 2, 60, 900)
    )
    uncounted = Activity(
        "好网民志愿服务进社区", outbox.day(40), "松照第二社区", "志愿服务", "依法上网宣传", (2, 16, 0, None, 1200)
    )
    vague = Activity(
        "正能量文艺展演", outbox.day(26), "松照剧场", "文艺展演", "职工自编节目", (5, 25, 4, "数百人", 8000)
    )
    table = Filled("松照街道总工会", "陆小满", "13800000004", outbox.day(9), (undated, uncounted, vague))
    outbox.send(
        "需补正：活动时间“待定”、一处人数为空、一处“数百人”",
        outbox.at(9, "11:12"),
        ("陆小满", "songzhao@example.com"),
        "松照街道总工会报送统计表",
        "统计表见附件，请审阅。\n松照街道总工会",
        ("附件1.xlsx", workbook(table)),
        program=foxmail,
    )
    about_300 = Activity(
        "网上练兵知识答题",
        outbox.day(55),
        "鹿鸣街道职工书屋",
        "知识竞赛",
        "网络文明知识答题",
        (4, 18, 2, "约300人", 4000),
    )
    few_reached = Activity("好网民签名活动", outbox.day(20), "鹿鸣公园", "集中宣传", "签名倡议", (3, 12, 1, 200, 150))
    table = Filled(
        "鹿鸣街道总工会",
        "江晚亭",
        "13800000005",
        outbox.day(8),
        (about_300, few_reached),
        (7, 30, 3, 520, 4150),
    )
    outbox.send(
        "收下但请核对：人数为约数、合计与各行之和不符、覆盖人数少于接触人数",
        outbox.at(8, "17:48"),
        ("鹿鸣街道总工会", "luming@example.org"),
        "鹿鸣街道总工会统计表",
        "现报送统计表，请查收。",
        ("鹿鸣街道好网民统计表（终版）.xlsx", workbook(table)),
    )


def corrected(outbox: Outbox) -> None:
    """A table that is replaced by a correction, and a report of no activities."""
    opening = Activity(
        "白鹭湾镇好网民活动启动仪式",
        outbox.day(70),
        "白鹭湾镇文体中心",
        "集中宣传",
        "宣读倡议书",
        (8, 26, 5, 210, 3600),
    )
    course = Activity(
        "网络谣言辨识课", outbox.day(30), "白鹭湾镇职工学校", "讲座培训", "辨识网络谣言", (3, 9, 2, 75, 800)
    )
    table = Filled("白鹭湾镇总工会", "宋清越", "13800000006", outbox.day(7), (opening, course))
    sender = ("宋清越", "bailuwan@example.net")
    outbox.send(
        "先报的一版，随后被更正",
        outbox.at(7, "08:55"),
        sender,
        "白鹭湾镇总工会统计表",
        "统计表见附件。\n白鹭湾镇总工会",
        ("统计表.xlsx", workbook(table)),
    )
    changed = replace(course, counts=(3, 9, 2, 105, 1300))
    outbox.send(
        "更正：整表替换，其中一场的人数有改动",
        outbox.at(6, "09:30"),
        sender,
        "更正：白鹭湾镇总工会统计表",
        "昨日所报统计表第2场人数有误，现予更正，请以此表为准。\n白鹭湾镇总工会",
        ("统计表（更正）.xlsx", workbook(replace(table, filled_on=outbox.day(6), activities=(opening, changed)))),
    )
    table = Filled("稻香镇总工会", "何惜川", "13800000007", outbox.day(5), words="本期无活动")
    outbox.send(
        "零报告：表中写明“本期无活动”",
        outbox.at(5, "15:16"),
        ("稻香镇总工会", "daoxiang@example.org"),
        "稻香镇总工会统计表（零报告）",
        "我镇本期无线下活动，特此报告。\n稻香镇总工会",
        ("附件1.xlsx", workbook(table)),
        program=foxmail,
    )
