"""The writer's own words of an answer: without what mailers quote and add, what is struck out, and signatures."""

import random

import pytest

from mailbot.domain.mail import Head
from mailbot.mail.html_text import html_to_text
from mailbot.mail.message import Mail
from mailbot.mail.reply_words import reply_words, without_signature
from parsers import replies
from support.replies.generator import answers
from support.replies.mailers import LETTER, MAILERS, SIGNATURES, mailed
from support.replies.table import EMPTY, FINDINGS, FORM, TABLE
from support.replies.truth import QUIET, effects, is_met, wrong_effects

WORDS = "您好！\n第5行人数改为180。\n其余核对无误。"


@pytest.mark.parametrize("mailer", MAILERS, ids=lambda mailer: mailer.__name__)
@pytest.mark.parametrize("signature", range(len(SIGNATURES)))
def test_only_the_writers_words_are_left_of_an_answer(mailer, signature: int) -> None:
    assert reply_words(mailer(WORDS, SIGNATURES[signature])).split() == WORDS.split()


@pytest.mark.parametrize("mailer", MAILERS, ids=lambda mailer: mailer.__name__)
def test_a_letter_that_is_quoted_below_no_word_says_nothing(mailer) -> None:
    assert reply_words(mailer("", "")) == ""


def test_the_letter_would_change_something_if_it_were_the_writers_own() -> None:
    assert effects(replies.resolve(replies.said("\n".join(LETTER)), TABLE, FORM, FINDINGS))


def test_what_is_made_is_taken_as_it_is_meant_in_every_mailer() -> None:
    wrong, missed, clear = [], 0, 0
    for seed in (27, 1, 2):
        dice = random.Random(seed)
        for each in answers(seed):
            mailer, mail = mailed(dice, each.words)
            table = TABLE if each.registered else EMPTY
            found = replies.resolve(replies.said(reply_words(mail)), table, FORM, FINDINGS)
            if wrong_effects(each.means, found):
                wrong.append((mailer, each.words))
            clear += each.means not in QUIET
            missed += each.means not in QUIET and not is_met(each.means, found)
    print(f"{clear} clear answers in mails, {missed} missed, {len(wrong)} wrong")
    assert wrong == []
    assert missed / clear <= 0.05


# ---------------------------------------------------------------- struck out, cited, hidden


@pytest.mark.parametrize(
    "gone",
    [
        "<s>第5行改为181</s>",
        "<del>第5行改为181</del>",
        "<strike>第5行改为181</strike>",
        "<span style='text-decoration: line-through'>第5行改为181</span>",
        "<span style='color:red;text-decoration-line:line-through;'>第5行<b>改为</b>181</span>",
        "<span style='display:none'>第5行改为181</span>",
        "<blockquote type='cite'>第5行改为181</blockquote>",
        "<div class='gmail_quote'>第5行改为181</div>",
    ],
)
def test_what_is_struck_out_hidden_or_cited_is_not_said(gone: str) -> None:
    html = f"<p>您好</p><p>{gone}</p><p>数据没有变化</p>"
    assert "181" in html_to_text(html) or "none" in gone
    assert reply_words(Mail(Head(), text="第5行改为181\n数据没有变化", html=html)).split() == ["您好", "数据没有变化"]


def test_words_that_are_only_indented_are_said() -> None:
    assert (
        reply_words(Mail(Head(), html="<blockquote style='margin:0 0 0 40px'>第5行改为180</blockquote>"))
        == "第5行改为180"
    )


def test_what_is_struck_out_in_a_line_leaves_the_rest_of_it() -> None:
    assert reply_words(Mail(Head(), html="<p>第5行人数改为<s>181</s>180</p>")) == "第5行人数改为180"


# ---------------------------------------------------------------- signatures


@pytest.mark.parametrize(
    "line",
    [
        "第5行180",
        "1. 150人",
        "5. 022-66881234",
        "第5行人数改为180",
        "属实",
        "收到",
        "谢谢",
        "零报告",
        "2. 7月18日",
        "健步走的时间是2021年7月18日",
        "联系人换成李四，电话13800000000",
        "第8行地点改为海河街道办事处",
    ],
)
@pytest.mark.parametrize("below", ["", "\n\n李四\n海河街道总工会\n022-66881234", "\n海河街道总工会\n2021年9月24日"])
def test_what_is_said_is_no_signature(line: str, below: str) -> None:
    assert without_signature(f"您好！\n{line}{below}") == f"您好！\n{line}"


@pytest.mark.parametrize(
    "line",
    [
        "发自我的iPhone",
        "发自我的 iPhone",
        "发自我的华为手机",
        "发自我的小米手机",
        "来自QQ邮箱手机版",
        "签名由 网易邮箱大师 定制",
        "发自139邮箱",
        "获取 Outlook for iOS",
        "Sent from my iPhone",
        "来自Foxmail客户端",
    ],
)
def test_the_lines_of_mailers_go_wherever_they_stand(line: str) -> None:
    assert without_signature(f"第5行人数改为180\n\n{line}") == "第5行人数改为180"
    assert without_signature(f"{line}\n第5行人数改为180") == "第5行人数改为180"


def test_a_number_that_is_all_of_a_mail_is_kept() -> None:
    assert without_signature("联系电话：022-66881234") == "联系电话：022-66881234"
