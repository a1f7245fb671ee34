"""Rendering letters: their text, their HTML, their MIME form, and safety against injected headers."""

import dataclasses
import email
import os
import re
from collections import Counter
from datetime import UTC, date, datetime
from email import policy
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.domain.campaign import Milestone
from mailbot.domain.errors import ConfigError
from mailbot.domain.letter import Enclosure, LetterKind
from mailbot.domain.letter_contents import Alert, Carried, Digest, Line, Receipt, Transcript
from mailbot.letters.rendering.filters import day, defanged, grouped, moment, share, weekday
from mailbot.letters.rendering.mime import checked_address, encoded
from mailbot.letters.rendering.renderer import HTML_LIMIT
from support.letters import (
    ALERT,
    ERRORS,
    LETTERS,
    NOW,
    ZONE,
    digest,
    empty_digest,
    letter,
    letters,
    receipt,
    reminder,
    table,
)
from support.paths import GOLDEN_LETTERS

INJECTION = "=?UTF-8?Q?=0A?=Bcc: x@example.com"
HEADERS = [
    "Content-Type",
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "X-Mailbot-Letter",
]

# ---------------------------------------------------------------- what people see


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("请看 http://evil.example.com/a?b=1", "请看 hxxp://evil[.]example[.]com/a?b=1"),
        ("a@example.org，www.example.cn。", "a[@]example[.]org，www[.]example[.]cn。"),
        ("见evil.com/x，或网络.中国", "见evil[.]com/x，或网络[.]中国"),
        ("app://open?x", "app[:]//open?x"),
        ("a．com", "a[.]com"),
        ("evil.zip/x", "evil[.]zip/x"),
        ("附件1.xlsx、winmail.dat、照片.JPG", "附件1.xlsx、winmail.dat、照片.JPG"),
        ("1.知识竞赛 3.5 2021.9.3 No.1", "1.知识竞赛 3.5 2021.9.3 No.1"),
    ],
)
def test_no_program_makes_a_link_of_the_words_of_others(words: str, shown: str) -> None:
    assert defanged(words) == shown


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("请联系office@example.org。", "请联系office@example.org。"),
        (
            "已由 Office@Example.org 于 9月 核定；x@evil.example",
            "已由 Office@Example.org 于 9月 核定；x[@]evil[.]example",
        ),
        ("office@example.org.evil.example", "office[@]example[.]org[.]evil[.]example"),
        ("my-office@example.org", "my-office[@]example[.]org"),
        ("office@example.org@evil.example", "office[@]example[.]org[@]evil[.]example"),
        ("https://evil.example/office@example.org", "hxxps://evil[.]example/office@example.org"),
    ],
)
def test_addresses_that_are_known_can_be_copied(words: str, shown: str) -> None:
    assert defanged(words, {"office@example.org"}.__contains__) == shown


def test_only_our_own_people_read_known_addresses_as_they_are() -> None:
    line = Carried("1", True, ("已由 office@example.org 核定",))
    known = letters().knowing({"office@example.org"}.__contains__)
    assert "office@example.org 核定" in known.pages(letter(Transcript((line,), (), "T"), LetterKind.TRANSCRIPT), NOW)[1]
    assert "office[@]example[.]org" in known.pages(letter(receipt("unreadable", tables=(), faults=line.lines)), NOW)[1]


def visible(html: str) -> str:
    (body,) = lxml.html.fromstring(html).xpath("/html/body")
    return re.sub(r"\s+", " ", " ".join(body.itertext()))


def closed_up(text: str) -> str:
    return re.sub(r"\s+", "", text)


def figures(text: str) -> list[str]:
    """Every number and date."""
    return re.findall(r"\d[\d,.:%年月日-]*", text)


def sentences(content: object) -> list[str]:
    """Every text of a content, however deep."""
    match content:
        case str():
            return [content]
        case tuple():
            return [text for item in content for text in sentences(item)]
        case _ if dataclasses.is_dataclass(content):
            return [t for f in dataclasses.fields(content) for t in sentences(getattr(content, f.name))]
    return []


def facts(content: object) -> list[str]:
    """Every text of a content that its reader must find: all but those that only choose a wording."""
    words = {value for value in sentences(content) if re.fullmatch(r"[a-z_]+", value)}
    return [defanged(text) for text in sentences(content) if text not in words]


@pytest.mark.parametrize("name", LETTERS)
def test_letters_read_as_agreed(name: str) -> None:
    html, text = letters().pages(letter(LETTERS[name]), NOW)
    for path, page in ((GOLDEN_LETTERS / f"{name}.html", html), (GOLDEN_LETTERS / f"{name}.txt", text)):
        if os.environ.get("MAILBOT_WRITE_GOLDEN_LETTERS"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(page, encoding="utf-8", newline="\n")
        assert page == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", LETTERS)
def test_the_text_says_all_that_the_page_says_and_both_say_all_there_is(name: str) -> None:
    html, text = letters().pages(letter(LETTERS[name]), NOW)
    page = visible(html)
    assert [f for f in figures(page) if f not in text] == []
    for fact in facts(LETTERS[name]):
        said = fact.replace("[@]", "@").replace("[.]", ".") if name == "alert" else fact  # whose addresses are ours
        assert closed_up(said) in closed_up(page)
        assert closed_up(said) in closed_up(text)


@pytest.mark.parametrize("name", LETTERS)
def test_every_sentence_of_the_page_stands_in_the_text(name: str) -> None:
    html, text = letters().pages(letter(LETTERS[name]), NOW)
    paragraphs = lxml.html.fromstring(html).xpath("//p[not(@class='name')]")
    assert paragraphs
    assert [p for p in paragraphs if closed_up(p.text_content()) not in closed_up(text)] == []


@pytest.mark.parametrize("name", LETTERS)
def test_letters_keep_the_style_of_the_office(name: str) -> None:
    _, text = letters().pages(letter(LETTERS[name]), NOW)
    assert not re.search(r"[!！]|错误|不合格|违规|尽快|务必|催办|0\d月|月0\d日", text)
    assert "东海新区总工会宣传网络部\n" in text
    assert "2021年9月24日\n" in text
    assert "本邮件由系统自动发送，可直接回复。联系电话：60000001、60000002。" in text


@pytest.mark.parametrize("name", LETTERS)
def test_every_cell_has_a_colour_and_a_ground_so_that_dark_mode_turns_both(name: str) -> None:
    html, _ = letters().pages(letter(LETTERS[name]), NOW)
    for cell in lxml.html.fromstring(html).iter("td"):
        style = f";{cell.get('style')}".replace(" ", "")
        assert ";color:#" in style
        assert f"background-color:{cell.get('bgcolor')}" in style


@pytest.mark.parametrize("name", LETTERS)
def test_pages_load_nothing_and_need_no_style_sheet_but_for_dark_mode(name: str) -> None:
    html, _ = letters().pages(letter(LETTERS[name]), NOW)
    assert not re.search(r"<link|<script|url\(|https?:|@import", html)
    assert all(image.startswith("data:") for image in re.findall(r'<img src="([^"]*)', html))
    (style,) = re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL)
    assert style.strip().startswith("@media (prefers-color-scheme: dark) {")


def test_in_dark_mode_too_every_cell_has_a_ground() -> None:
    html, _ = letters().pages(letter(LETTERS["digest"]), NOW)
    (dark,) = re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL)
    blocks = re.findall(r"([^{}]+){([^{}]*)}", dark.split("{", 1)[1])
    coloured = [selectors for selectors, rule in blocks if "background-color: #" in rule]
    grounds = {each.strip() for selectors in coloured for each in selectors.split(",")}
    assert [cell for cell in lxml.html.fromstring(html).iter("td") if f"td.{cell.get('class')}" not in grounds] == []


def told(name: str) -> list[str]:
    """The paragraphs of a letter below its greeting."""
    _, text = letters().pages(letter(LETTERS[name]), NOW)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    greeting = next(place for place, line in enumerate(lines) if line.endswith("："))
    return lines[greeting + 1 :]


@pytest.mark.parametrize("name", LETTERS)
def test_no_quotation_stands_inside_the_same_marks(name: str) -> None:
    _, text = letters().pages(letter(LETTERS[name]), NOW)
    assert re.findall("“[^”]*“", text) == []
    assert text.count("“") == text.count("”")


@pytest.mark.parametrize("name", LETTERS)
def test_nothing_is_said_twice(name: str) -> None:
    said = [re.sub(r"^\d+\. |^· ", "", part) for line in told(name) for part in re.split("[。；]", line)]
    sentences = [part for part in said if len(part) > 9 and not re.match(r"第\d+行　|> ", part)]
    assert [one for one, number in Counter(sentences).items() if number > 1] == []


@pytest.mark.parametrize("name", LETTERS)
def test_until_when_and_what_to_do_stand_right_below_the_greeting(name: str) -> None:
    lines = told(name)
    asked = [place for place, line in enumerate(lines) if re.search("请于|24时前|请直接回复本邮件，", line)]
    assert all(place < 3 for place in asked[:1])


@pytest.mark.parametrize("name", [name for name in LETTERS if name.startswith("receipt")])
def test_only_what_leaves_nothing_to_say_is_called_complete(name: str) -> None:
    content = LETTERS[name]
    assert isinstance(content, Receipt)
    found = any((*one.errors, *one.warnings, *one.notices) for one in content.tables)
    _, text = letters().pages(letter(content), NOW)
    assert ("内容齐全" in text) == (content.outcome == "complete" and not found)


def test_a_unit_that_is_not_known_is_greeted_all_the_same() -> None:
    _, text = letters().pages(letter(receipt(unit_name=None)), NOW)
    assert "\n您好：\n" in text


def test_a_late_table_is_told_so() -> None:
    _, on_time = letters().pages(letter(receipt()), NOW)
    _, late = letters().pages(letter(receipt(late=("望海街道总工会",), is_over=True)), NOW)
    assert "逾期" not in on_time
    assert "本次报送于截止日期（2021年9月30日）之后收到，按逾期报送登记。" in late


def test_a_correction_names_the_day_it_is_asked_for() -> None:
    _, text = letters().pages(letter(LETTERS["receipt-correct"]), NOW)
    assert "请于2021年10月11日（星期一）前（含当日）" in text


def test_the_same_table_again_with_open_faults_still_asks_for_their_correction() -> None:
    again = receipt("duplicate", tables=(table(relation="duplicate", status="needs_correction", errors=ERRORS),))
    _, text = letters().pages(letter(again), NOW)
    assert "“需补正”项下的内容，请于2021年9月28日（星期二）前（含当日）" in text


@pytest.mark.parametrize("owes", ["nothing", "table", "quota", "correction"])
@pytest.mark.parametrize(
    ("days", "asks"),
    [
        (5, "请于2021年9月30日（星期四）前（含当日）"),
        (0, "今日为截止日期，请于2021年9月30日（星期四）24时前"),
        (-1, "请于2021年10月11日（星期一）前（含当日）"),
    ],
)
def test_a_reminder_says_until_when_and_to_ignore_it_where_all_was_sent(owes: str, days: int, asks: str) -> None:
    _, text = letters().pages(letter(reminder(owes, days), LetterKind.REMINDER), NOW)
    assert asks in text
    assert "如已报送，请忽略本提醒" in text


def test_the_last_reminder_before_a_deadline_at_rest_says_that_the_deadline_stays() -> None:
    html, text = letters().pages(letter(reminder(days=0, rests=True, deadline=date(2021, 10, 16))), NOW)
    for page in (text, visible(html)):
        assert "报送提醒：10月16日（星期六）截止" in page
        assert "2021年10月16日（星期六）为休息日，截止日期不顺延，请提前安排，于当日24时前报送" in page
        assert "今日" not in page


def test_a_reminder_names_what_else_ends_soon() -> None:
    cases = Milestone("优秀案例征集", date(2021, 5, 1), date(2021, 9, 25))
    html, text = letters().pages(letter(reminder(ending=(cases,))), NOW)
    for page in (text, visible(html)):
        assert "另请留意：优秀案例征集将于2021年9月25日（星期六）结束。" in page


def test_a_digest_without_news_says_so_section_by_section() -> None:
    html, text = letters().pages(letter(empty_digest()), NOW)
    for section in ("待人工核对", "数值存疑", "尚未报送", "场次不足", "待补正", "分类进度", "累计指标", "已报送"):
        assert f"【{section}】无\n" in text
        assert f"{section} 无" in visible(html)


def test_what_a_unit_wrote_is_text_and_never_markup() -> None:
    script = "<script>alert(1)</script>&amp;{{ 7 * 7 }}"
    content = receipt(
        unit_name=script,
        tables=(table(attachment=script, sheet="<b>", errors=(script,), rows=(("5", script, "a", "b", "c"),)),),
        faults=(script,),
        other_files=(script,),
    )
    html, text = letters(title="甲 <i>&乙").pages(letter(content), NOW)
    assert not lxml.html.fromstring(html).xpath("//script | //b | //i")
    assert visible(html).count(script) == 6
    assert script in text
    reminded, _ = letters(title="甲 <i>&乙").pages(letter(reminder(unit_name=script)), NOW)
    assert "甲 <i>&乙" in visible(reminded)


def test_a_cell_cannot_pass_for_a_line_of_ours() -> None:
    cell = "竞赛\n\n　　请改报 x@example.com\u2028\u202e\x1b[2J\ud800"
    _, text = letters().pages(letter(receipt(tables=(table(rows=(("5", cell, "", "b", "c"),)),))), NOW)
    assert "第5行　活动名称：竞赛 请改报 x[@]example[.]com [2J；活动时间：（空）；" in text


def test_times_stand_in_the_time_of_the_campaign() -> None:
    _, text = letters().pages(letter(receipt(received_at=datetime(2021, 9, 30, 16, 30, tzinfo=UTC))), NOW)
    assert "2021年10月1日0:30" in text


def test_rows_that_are_left_out_are_counted() -> None:
    _, text = letters().pages(letter(receipt(tables=(table(activities=412),))), NOW)
    assert "另有 410 行已读取，未逐一列出。" in text


def test_a_page_stays_small_enough_to_be_shown_whole_and_says_what_it_left_out() -> None:
    many = tuple(f"第{n}行“接触职工人数”为空，请补充" * 8 for n in range(1, 2001))
    row = ("5", *("活动" * 200,) * 4)
    content = receipt("correct", tables=(table(errors=many, warnings=many, notices=many, rows=(row,) * 500),) * 3)
    html, text = letters().pages(letter(content), NOW)
    assert len(html.encode()) < HTML_LIMIT
    left_out = re.findall(r"另有 [\d,]+ \S+未逐一列出", text)
    assert left_out
    assert left_out == re.findall(r"另有 [\d,]+ \S+未逐一列出", visible(html))


def test_the_largest_digest_stays_whole_on_a_phone_and_says_what_it_left_out() -> None:
    many = tuple(Line(f"第{n}街道总工会", "街镇", "第5行“接触职工人数”为空，请补充" * 4) for n in range(600))
    lists = {f.name: many for f in dataclasses.fields(Digest) if f.type == tuple[Line, ...]}
    assert len(lists) > 10
    html, text = letters().pages(letter(digest(**lists, trouble=tuple(line.text for line in many))), NOW)
    assert len(html.encode()) < HTML_LIMIT
    left_out = re.findall(r"另有 [\d,]+ \S+未逐一列出", text)
    assert len(left_out) > 10
    assert left_out == re.findall(r"另有 [\d,]+ \S+未逐一列出", visible(html))


def test_the_digest_begins_with_its_four_numbers() -> None:
    html, text = letters().pages(letter(digest()), NOW)
    assert text.split("各位同事：")[1].strip().startswith("应报 7　已报 3　待补正 1　未报 4\n")
    assert re.search(r"各位同事： *7 *应报 *3 *已报 *1 *待补正 *4 *未报", visible(html))


def test_numbers_of_mobile_phones_are_shown_to_their_sender_and_to_staff_who_must_call_and_to_nobody_else() -> None:
    told = "“联系电话”为“138 0000 1234”，与 13900005678、022-60000001 不一致"
    content = digest(unclear=(Line("甲", "", told),))
    own = letters().pages(letter(receipt("check", tables=(table(warnings=(told,)),))), NOW)
    for page in (*own, *letters().pages(letter(content, LetterKind.DIGEST), NOW)):
        assert "138 0000 1234" in page
    for page in letters().pages(letter(content, LetterKind.NOTICE), NOW):
        assert "“138****1234”，与 139****5678、022-60000001" in page
        assert "0000 1234" not in page


@pytest.mark.parametrize("name", LETTERS)
def test_units_may_be_addressed_as_those_below_are(name: str) -> None:
    usual = letters().pages(letter(LETTERS[name]), NOW)
    other = letters(organisation={"address_as": "你单位"}).pages(letter(LETTERS[name]), NOW)
    assert other == tuple(page.replace("贵单位", "你单位") for page in usual)


def test_dates_and_numbers_stand_as_in_official_letters() -> None:
    assert day(date(2021, 9, 3)) == "2021年9月3日"
    assert moment(datetime(2021, 9, 24, 8, 5, tzinfo=ZONE)) == "2021年9月24日8:05"
    assert weekday(date(2021, 9, 30)) == "（星期四）"
    assert grouped(1234567) == "1,234,567"
    assert (share(51, 58), share(0, 0)) == ("87.9%", "—")


# ---------------------------------------------------------------- the bytes


def parsed(raw: bytes) -> Any:
    return email.message_from_bytes(raw, policy=policy.default)


def rendered(content: object | None = None, **changes: Any) -> Any:
    return parsed(letters().render(letter(content or receipt(), **changes), NOW).content)


def test_a_receipt_carries_its_headers() -> None:
    message = rendered(answers="<a.1@example.com>", thread=("<root@example.com>", "<a.1@example.com>"))
    assert message["From"] == "东海新区总工会宣传网络部 <office@example.org>"
    assert message["To"] == "unit@example.com"
    assert message["Subject"] == "【已收到】望海街道总工会 统计表（受理号 NET21-0037）"
    assert message["Date"] == "Fri, 24 Sep 2021 16:05:00 +0800"
    assert message["In-Reply-To"] == "<a.1@example.com>"
    assert message["References"] == "<root@example.com> <a.1@example.com>"
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["X-Mailbot-Letter"] == "receipt"


@pytest.mark.parametrize("kind", [kind for kind in LetterKind if kind is not LetterKind.RECEIPT])
def test_all_but_receipts_are_generated_and_not_replied(kind: LetterKind) -> None:
    message = rendered(kind=kind)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Mailbot-Letter"] == kind.value


def test_the_sender_stands_on_one_line() -> None:
    raw = letters().render(letter(receipt()), NOW).content
    (line,) = [line for line in raw.split(b"\r\n") if line.startswith(b"From: ")]
    assert line.endswith(b" <office@example.org>")


def test_a_message_id_comes_from_the_key_alone() -> None:
    first, again = (letters().render(letter(receipt(case=case)), NOW) for case in ("NET21-0001", "NET21-0002"))
    other = letters().render(letter(receipt(), key="receipt:def"), NOW)
    assert first.message_id == again.message_id != other.message_id
    assert parsed(first.content)["Message-ID"] == first.message_id
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.org>", first.message_id)


def test_the_same_letter_gives_the_same_bytes() -> None:
    first, again = (letters().render(letter(digest(), LetterKind.DIGEST), NOW) for _ in range(2))
    assert first == again


def test_text_comes_before_the_page_and_both_come_back_whole() -> None:
    message = rendered()
    html, text = letters().pages(letter(receipt()), NOW)
    assert message.get_content_type() == "multipart/alternative"
    first, second = message.iter_parts()
    assert (first.get_content_type(), second.get_content_type()) == ("text/plain", "text/html")
    assert first.get_payload(decode=True).decode() == text.replace("\n", "\r\n")
    assert second.get_payload(decode=True).decode() == html.replace("\n", "\r\n")


def test_enclosures_follow_with_their_names_in_every_spelling() -> None:
    blank = Enclosure("活动统计表（空白）.xlsx", "application/vnd.ms-excel", b"PK\x03\x04\r\n\n" * 90)
    envelope = letters().render(letter(reminder(), LetterKind.REMINDER, enclosures=(blank,)), NOW)
    message = parsed(envelope.content)
    assert message.get_content_type() == "multipart/mixed"
    pages, file = message.iter_parts()
    assert pages.get_content_type() == "multipart/alternative"
    assert file.get_content_type() == "application/vnd.ms-excel"
    assert file.get_payload(decode=True) == blank.content
    assert file.get_filename() == blank.name
    assert b'; name="=?UTF-8?B?' in envelope.content
    assert b'; filename="=?UTF-8?B?' in envelope.content
    assert b"; filename*=UTF-8''%E6%B4%BB" in envelope.content
    assert "附件：活动统计表（空白）.xlsx" in pages.get_body(("plain",)).get_content()


def file_names(raw: bytes) -> dict[str, str]:
    """The name of an attachment as programs find it that know one way only."""
    head = raw[raw.rindex(b"\r\n--", 0, raw.index(b"Content-Disposition: attachment")) :].split(b"\r\n\r\n")[0].decode()
    (name,) = re.findall(r'; name="([^"]*)"', head)
    (filename,) = re.findall(r'; filename="([^"]*)"', head)
    (extended,) = re.findall(r"; filename\*=UTF-8''(\S+)", head)
    told = (str(make_header(decode_header(each))) for each in (name, filename))
    return dict(zip(("Outlook, 163", "QQ, Foxmail", "RFC 2231"), (*told, unquote(extended)), strict=True))


@pytest.mark.parametrize(
    "name",
    [
        "NET21汇总表20210927.xlsx",
        "NET21报送情况通报（草稿）.docx",
        "天津经济技术开发区总工会-开展线下活动统计表.xlsx",
        "𠮷野街道总工会 统计表（2）.xlsx",
        "report 2.xlsx",
    ],
)
def test_the_name_of_an_attachment_is_the_same_to_every_mail_program(name: str) -> None:
    file = Enclosure(name, "application/vnd.ms-excel", b"PK")
    raw = letters().render(letter(ALERT, LetterKind.ALERT, enclosures=(file,)), NOW).content
    assert set(file_names(raw).values()) == {name}
    words = re.findall(rb"=\?UTF-8\?B\?[^?]*\?=", raw)
    assert all(len(word) <= 75 for word in words)


def test_pictures_stand_in_the_page_and_are_no_attachments() -> None:
    book = Enclosure("汇总表.xlsx", "application/vnd.ms-excel", b"PK")
    message = rendered(digest(), kind=LetterKind.DIGEST, enclosures=(book,))
    related, file = message.iter_parts()
    assert message.get_content_type() == "multipart/mixed"
    assert related.get_content_type() == "multipart/related"
    assert related.get_param("type") == "multipart/alternative"
    pages, *pictures = related.iter_parts()
    assert [p.get_content_type() for p in pages.iter_parts()] == ["text/plain", "text/html"]
    html = pages.get_body(("html",)).get_content()
    assert len(pictures) == 2
    for picture in pictures:
        assert picture.get_content_disposition() == "inline"
        assert f'"cid:{picture["Content-ID"][1:-1]}"' in html
    assert [part.get_filename() for part in message.iter_attachments()] == ["汇总表.xlsx"]
    assert file.get_filename() == "汇总表.xlsx"


def test_a_picture_has_words_for_who_does_not_see_it() -> None:
    html, _ = letters().pages(letter(digest()), NOW)
    images = lxml.html.fromstring(html).xpath("//img")
    assert [(image.get("alt"), int(image.get("width")) <= 640) for image in images] == [
        ("2021-W38 progress.png", True),
        ("2021-W38 timeline.png", True),
    ]


def test_encoded_words_stay_within_75_characters_and_cut_no_character() -> None:
    words = encoded("东𠮷" * 40).split(" ")
    assert max(map(len, words)) <= 75
    assert "".join(str(parsed(f"Subject: {w}\n\n".encode())["Subject"]) for w in words) == "东𠮷" * 40


HOSTILE = (
    INJECTION,
    f"{INJECTION}@example.com",
    "=?UTF-8?Q?=0A?=@example.com",
    "a@example.com\r\nBcc: x@example.com",
    "a@example.com\n",
    "a@example.com, b@example.com",
    "Office <a@example.com>",
    "<a@example.com>",
    "单位@example.com",
    "a@例子.example",
    "a b@example.com",
    '"a"@example.com',
    "a@example.com\0",
    "a" * 65 + "@example.com",
    "a@" + "b" * 300,
    "a@",
    "@example.com",
    "",
)


@pytest.mark.parametrize("address", HOSTILE)
def test_a_letter_goes_to_one_bare_address_or_nowhere(address: str) -> None:
    with pytest.raises(ValueError, match="is not an address that a letter can go to"):
        letters().render(letter(receipt(), to=address), NOW)


@pytest.mark.parametrize(
    "identifier",
    [
        *(h for h in HOSTILE if h != "<a@example.com>"),
        f"<{INJECTION}>",
        "<=?UTF-8?Q?=0A?=@example.com>",
        "<a b@c>",
        "<a>",
    ],
)
def test_an_identifier_that_is_none_is_left_out(identifier: str) -> None:
    message = rendered(answers=identifier, thread=(identifier, "<good@example.com>"))
    assert "In-Reply-To" not in message
    assert message["References"] == "<good@example.com>"


anything = st.one_of(
    st.text(max_size=60),
    st.from_regex(r"<?[!-~\r\n\t =?]{0,30}@[!-~\r\n ]{0,30}>?", fullmatch=True),
    st.sampled_from([*HOSTILE, "unit@example.com", "<a@example.com>", f"<{'a' * 240}@b>"]),
    st.builds(str.__add__, st.text(max_size=10), st.just(INJECTION)),
)


HOUSE = letters()


@settings(max_examples=150, deadline=None)
@given(
    to=st.just("unit@example.com") | anything,
    answers=anything,
    thread=st.lists(anything, max_size=30),
    subject=anything,
    name=anything,
)
def test_whatever_stands_in_a_letter_its_bytes_have_our_headers_and_no_others(
    to: str, answers: str, thread: list[str], subject: str, name: str
) -> None:
    alert = letter(
        ALERT,
        to=to,
        answers=answers,
        thread=tuple(thread),
        subject=subject,
        enclosures=(Enclosure(name, name, b"content"),),
    )
    try:
        to = checked_address(to)
    except ValueError:
        with pytest.raises(ValueError, match="is not an address"):
            HOUSE.render(alert, NOW)
        return
    envelope = HOUSE.render(alert, NOW)
    message = parsed(envelope.content)
    assert sorted(set(message.keys()) - {"In-Reply-To", "References"}) == sorted(HEADERS)
    assert len(message.keys()) == len(set(message.keys()))
    assert message["To"] == to == envelope.to
    assert [part.get_content_maintype() for part in message.walk()][-1] not in ("text", "multipart")
    head = envelope.content.split(b"\r\n\r\n")[0].decode("ascii")
    assert [line for line in head.split("\r\n") if re.match(r"(?i)bcc|cc\b", line)] == []
    assert max(map(len, envelope.content.split(b"\r\n"))) <= 998
    assert envelope.content.count(b"\r\n") == envelope.content.count(b"\n") == envelope.content.count(b"\r")
    assert all(byte < 128 for byte in envelope.content)


# ---------------------------------------------------------------- templates of the user's own


def test_a_template_of_the_users_own_wins(tmp_path: Path) -> None:
    (tmp_path / "alert.txt").write_text("只有这一句：{{ content.title }}", encoding="utf-8")
    (tmp_path / "alert.html").write_text('<p>{% include "line.html" %}</p>', encoding="utf-8")
    (tmp_path / "line.html").write_text("{{ content.title }}", encoding="utf-8")
    html, text = letters(tmp_path).pages(letter(Alert("<b>标题", ())), NOW)
    assert text == "只有这一句：<b>标题"
    assert "<p>&lt;b&gt;标题</p>" in html


def test_the_sentences_alone_can_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "reminder-words.txt").write_text(
        "{% macro headline(r) %}甲{% endmacro %}{% macro opening(r, c) %}乙{% endmacro %}"
        "{% macro closing(r) %}<丙>{% endmacro %}",
        encoding="utf-8",
    )
    html, text = letters(tmp_path).pages(letter(reminder()), NOW)
    assert "　　<丙>" in text
    assert "&lt;丙&gt;" in html


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        ("{{ content.titel }}", "alert.html cannot be filled: .*titel"),
        ("{{ content.__class__.__mro__ }}", "alert.html cannot be filled: access to attribute '__class__'"),
        ('{% include "missing.html" %}', "alert.html cannot be filled: .*missing.html"),
    ],
)
def test_a_template_that_cannot_be_filled_is_named(tmp_path: Path, template: str, fault: str) -> None:
    (tmp_path / "alert.html").write_text(template, encoding="utf-8")
    with pytest.raises(ConfigError, match=fault):
        letters(tmp_path).render(letter(ALERT), NOW)


def test_templates_that_do_not_compile_are_all_named_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "alert.html").write_text("{% if %}", encoding="utf-8")
    (tmp_path / "digest.txt").write_bytes("汇总".encode("gb18030"))
    with pytest.raises(ConfigError) as caught:
        letters(tmp_path)
    assert len(caught.value.faults) == 2


def test_a_folder_of_templates_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is no folder"):
        letters(tmp_path / "letters")
