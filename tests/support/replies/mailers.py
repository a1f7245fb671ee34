# ruff: noqa: E501  (one sentence, or one mail, a line)
"""How mailers wrap an answer: where they quote the letter that is answered, how they mark it, what they put below."""

import html
import random
from collections.abc import Callable, Sequence

from mailbot.domain.mail import Head
from mailbot.mail.message import Mail

LETTER = (
    "海河街道总工会：",
    "来件收悉，已暂存。经核，下列内容需进一步完善：",
    "1. 第6行“参加人数”为空，请补充；",
    "2. 第7行“活动时间”为空，请补充；",
    "3. 第8行“活动地点”为空，请补充；",
    "4. 第9行“覆盖网民数”为“8000”，请核对；",
    "5. 表中未见联系电话，请补充。",
    "第5行人数改为999",
    "请删除第9行。",
    "1. 999",
    "请于2021年9月28日前回复。联系电话：022-65300000",
    "本邮件由系统自动发送，可直接回复",
)
"""The letter that is answered, with sentences that would change something if they were the writer's."""
HEAD = "滨海新区总工会 <office@example.com>"


def _lines(words: str) -> str:
    return "".join(f"<div>{html.escape(line) or '<br>'}</div>" for line in words.splitlines())


def _letter_html() -> str:
    return "".join(f"<p>{html.escape(line)}</p>" for line in LETTER)


def qq(words: str, sign: str) -> Mail:
    head = '<div>发件人: "滨海新区总工会" &lt;office@example.com&gt;;</div><div>发送时间:&nbsp;2021年9月24日(星期五) 下午3:02</div><div>收件人:&nbsp;"lisi";</div><div>主题:&nbsp;【请补正】统计表</div>'
    return Mail(
        Head(),
        html=f"{_lines(words)}{_lines(sign)}<div><br></div><div>------------------&nbsp;原始邮件&nbsp;------------------</div>{head}{_letter_html()}",
    )


def foxmail(words: str, sign: str) -> Mail:
    head = "<div>发件人： <a>office@example.com</a></div><div>发送时间： 2021-09-24 15:02</div><div>收件人： lisi</div><div>主题： 【请补正】统计表</div>"
    return Mail(
        Head(),
        html=f"{_lines(words)}<hr style='width:210px'>{_lines(sign)}<blockquote style='margin-Top: 0px; margin-Bottom: 0px; margin-Left: 0.5em'><div>&nbsp;</div>{head}{_letter_html()}</blockquote>",
    )


def netease(words: str, sign: str) -> Mail:
    quoted = "\n".join(
        (
            "---- 回复的原邮件 ----",
            "| 发件人 | 滨海新区总工会<office@example.com> |",
            "| 日期 | 2021年09月24日 15:02 |",
            "| 收件人 | lisi@example.com |",
            "| 主题 | 【请补正】统计表 |",
            *LETTER,
        )
    )
    return Mail(Head(), text=f"{words}\n\n| |\n{sign}\n|\n|\n签名由网易邮箱大师定制\n{quoted}")


def netease_web(words: str, sign: str) -> Mail:
    quoted = f"<div>在 2021-09-24 15:02:11，\"滨海新区总工会\" &lt;office@example.com&gt; 写道：</div><blockquote id='isReplyContent' style='PADDING-LEFT: 1ex'>{_letter_html()}</blockquote>"
    return Mail(Head(), html=f"{_lines(words)}<br>{_lines(sign)}{quoted}")


def sina(words: str, sign: str) -> Mail:
    quoted = "\n".join(
        (
            "----- 原始邮件 -----",
            f"发件人：{HEAD}",
            "收件人：lisi@example.com",
            "主题：【请补正】统计表",
            "日期：2021年09月24日 15点02分",
            *LETTER,
        )
    )
    return Mail(Head(), text=f"{words}\n\n{sign}\n\n{quoted}")


def outlook(words: str, sign: str) -> Mail:
    head = "<div id='divRplyFwdMsg'><b>发件人:</b> 滨海新区总工会<br><b>发送时间:</b> 2021年9月24日 15:02<br><b>收件人:</b> lisi<br><b>主题:</b> 统计表</div>"
    return Mail(
        Head(), html=f"{_lines(words)}{_lines(sign)}<div id='appendonsend'></div><hr>{head}<div>{_letter_html()}</div>"
    )


def outlook_text(words: str, sign: str) -> Mail:
    quoted = "\n".join(
        (
            "________________________________",
            f"发件人: {HEAD}",
            "发送时间: 2021年9月24日 15:02",
            "收件人: lisi",
            "主题: 【请补正】统计表",
            "",
            *LETTER,
        )
    )
    return Mail(Head(), text=f"{words}\n\n{sign}\n{quoted}")


def apple(words: str, sign: str) -> Mail:
    quoted = "\n".join(f"> {line}" for line in LETTER)
    return Mail(Head(), text=f"{words}\n\n发自我的 iPhone\n\n> 在 2021年9月24日，下午3:02，{HEAD} 写道：\n> \n{quoted}")


def apple_html(words: str, sign: str) -> Mail:
    return Mail(
        Head(),
        html=f"{_lines(words)}<br>{_lines(sign)}<blockquote type='cite'><div>在 2021年9月24日，15:02，滨海 写道：</div>{_letter_html()}</blockquote>",
    )


def huawei(words: str, sign: str) -> Mail:
    quoted = "\n".join(
        (
            "-------- 原始邮件 --------",
            f"发件人： {HEAD}",
            "日期： 2021年9月24日周五 15:02",
            "收件人： lisi@example.com",
            "主 题： 统计表",
            *LETTER,
        )
    )
    return Mail(Head(), text=f"{words}\n\n发自我的华为手机\n\n{quoted}")


def xiaomi(words: str, sign: str) -> Mail:
    quoted = "\n".join(f"> {line}" for line in LETTER)
    return Mail(
        Head(),
        text=f'{words}\n发自我的小米手机\n在 "滨海新区总工会" <office@example.com>，2021年9月24日 下午3:02写道：\n{quoted}',
    )


def qq_phone(words: str, sign: str) -> Mail:
    quoted = "\n".join(
        (
            "---Original---",
            f'From: "{HEAD}"',
            "Date: Fri, Sep 24, 2021 15:02 PM",
            'To: "lisi"',
            "Subject: Re: 统计表",
            *LETTER,
        )
    )
    return Mail(Head(), text=f"{words}\n\n{sign}\n\n{quoted}")


def below(words: str, sign: str) -> Mail:
    """The answer stands under the quoted letter."""
    quoted = "\n".join(f"> {line}" for line in LETTER)
    return Mail(Head(), text=f"在 2021-09-24 15:02，{HEAD} 写道：\n{quoted}\n\n{words}\n\n{sign}")


def between(words: str, sign: str) -> Mail:
    """Lines of the answer between those of the letter."""
    quoted = "\n".join(f"> {line}" for line in LETTER[:5])
    rest = "\n".join(f"> {line}" for line in LETTER[5:])
    return Mail(Head(), text=f"{HEAD} 于2021年9月24日周五 15:02写道：\n{quoted}\n{words}\n{rest}\n{sign}")


def struck(words: str, sign: str) -> Mail:
    """Something is taken back by striking it out; the plain text beside it does not show that."""
    gone = "第4行参加人数改为999"
    style = "<span style='color:red;text-decoration: line-through'>删除第7行</span>"
    return Mail(
        Head(),
        text=f"{gone}\n{words}",
        html=f"<p><s>{gone}</s></p><p><del>第5行改为998</del></p>{style}{_lines(words)}{_lines(sign)}",
    )


def pasted(words: str, sign: str) -> Mail:
    """The letter stands below without any mark."""
    return Mail(Head(), text="\n".join((words, "", *LETTER)))


def gmail(words: str, sign: str) -> Mail:
    head = "<div class='gmail_attr'>滨海新区总工会 &lt;office@example.com&gt; 于2021年9月24日周五 15:02写道：<br></div>"
    return Mail(
        Head(),
        html=f"{_lines(words)}{_lines(sign)}<div class='gmail_quote'>{head}<blockquote class='gmail_quote'>{_letter_html()}</blockquote></div>",
    )


def bare(words: str, sign: str) -> Mail:
    return Mail(Head(), text=words)


MAILERS: Sequence[Callable[[str, str], Mail]] = (
    qq,
    foxmail,
    netease,
    netease_web,
    sina,
    outlook,
    outlook_text,
    apple,
    apple_html,
    huawei,
    xiaomi,
    qq_phone,
    below,
    between,
    struck,
    pasted,
    gmail,
    bare,
)
SIGNATURES = (
    "",
    "海河街道总工会\n2021年9月24日",
    "李四\n海河街道总工会\n电话：022-66881234",
    "--\n王五\n天津市海河街道总工会宣传部\nTel: 022-66880000  Mobile: 13800000000",
    "此致\n敬礼\n　　　　海河街道总工会\n　　　　2021年9月24日",
    "祝工作顺利！\n赵六 13900000000",
    "海河街道总工会  李四\n地址：海河路180号\n邮编：300450",
    "发自我的iPhone",
    "联系人：李四\n手机：13800000000\nlisi@example.com",
    "——————————\n李四（工会干事）\n022-66881234",
)


def mailed(dice: random.Random, words: str) -> tuple[str, Mail]:
    """Words as the mail of some mailer with some signature, and that mailer's name."""
    mailer = dice.choice(MAILERS)
    return mailer.__name__, mailer(words, dice.choice(SIGNATURES))
