"""The text of a message: from HTML, without quoted mail, and with links to files in cloud storage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.mail.cloud_links import cloud_links
from mailbot.mail.message import plain
from mailbot.mail.mime import read
from mailbot.mail.quoting import own_words
from support import mails


def words_of(html: str) -> str:
    return plain(read(mails.part(b"Content-Type: text/html; charset=utf-8", html.encode())))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>您好：</p><p>请查收。</p>", "您好：\n请查收。"),
        ("一<br>二<br/><br>三", "一\n二\n\n三"),
        ("<div><div>一</div></div><div>二 <b>三</b>\n四</div>", "一\n二 三 四"),
        ("<table><tr><td>姓名</td><td>人数</td></tr><tr><td>甲</td><td>3</td></tr></table>", "姓名\t人数\n甲\t3"),
        ("<html><head><title>题</title><style>p{}</style></head><body>文<script>x()</script>字</body></html>", "文字"),
        ("a&nbsp;b &lt;c&gt; &#32479;", "a b <c> 统"),
        ('<?xml version="1.0" encoding="gb2312"?><p>统</p>', "统"),
        ("<!-- 无 -->", ""),
        ("   ", ""),
        ("没有标签", "没有标签"),
    ],
)
def test_html_is_read_as_lines(html: str, text: str) -> None:
    assert words_of(html) == text


@given(st.text())
def test_any_html_gives_words(html: str) -> None:
    assert isinstance(own_words(words_of(html)), str)


def test_the_text_of_a_mail_wins_over_its_html_unless_it_is_blank() -> None:
    assert plain(read(mails.mail(text="明文", html="<p>网页</p>"))) == "明文"
    assert plain(read(mails.mail(text=" \n", html="<p>网页</p>"))) == "网页"


EARLIER = {
    "QQ": '------------------ 原始邮件 ------------------\n发件人: "宣传部" <a@example.com>;\n主题: 通知',
    "QQ plain": '------------------&nbsp;原始邮件&nbsp;------------------\n发件人: "宣传部" <a@example.com>',
    "QQ English": '------------------ Original ------------------\nFrom: "union" <a@example.com>',
    "Outlook Express": "-----邮件原件-----\n发件人: a@example.com",
    "bare": "原始邮件\n发件人：宣传部<a@example.com>",
    "Sina": "----- 原始邮件 -----\n发件人：<a@example.com>\n收件人：x",
    "163": '在 2021-09-24 15:02:11，"宣传部" <a@example.com> 写道：\n请报送统计表',
    "163 in English": 'At 2021-09-24 15:02:11, "x" <a@example.com> wrote:\n请报送统计表',
    "163 new": "---- 回复的原邮件 ----\n| 发件人 | x |",
    "Foxmail": "发件人： 宣传部\n发送时间： 2021-09-24\n收件人： x\n主题： 通知\n请报送统计表",
    "Outlook": "________________________________\nFrom: x\nSent: Friday\nTo: y\nSubject: z\n\ntext",
    "Apple": "On Sep 24, 2021, at 15:02, x <a@example.com> wrote:\n> 请报送",
    "Gmail": "x <a@example.com> 于2021年9月24日周五 15:02写道：\n\n> 请报送",
    "broken line": "On Fri, 24 Sep 2021 at 15:02, a very long name\n<a@example.com> wrote:\n> text",
    "forward": "---------- Forwarded message ----------\nFrom: x",
    "marks alone": "> 请报送\n> 统计表",
}


@pytest.mark.parametrize("program", EARLIER)
def test_earlier_mail_is_no_words_of_the_writer(program: str) -> None:
    assert own_words(f"已更正，请查收。\n\n{EARLIER[program]}\n") == "已更正，请查收。"


@pytest.mark.parametrize(
    "text",
    [
        "发件人：张三\n单位：新河街",
        "在活动中，职工写道，感谢工会。",
        "一、活动情况\n----\n二、参加人数 20 > 10",
        "From now on we report monthly",
        "请报送单位在表中写清楚",
    ],
)
def test_a_writers_own_sentences_stay(text: str) -> None:
    assert own_words(text) == text


def test_answers_between_quoted_lines_stay() -> None:
    assert own_words("On Friday, x wrote:\n> 参加人数？\n50人\n> 日期？\n9月1日") == "50人\n9月1日"


@pytest.mark.parametrize(
    ("link", "provider"),
    [
        ("https://wx.mail.qq.com/ftn/download?func=3&key=a&code=b", "QQ邮箱超大附件"),
        ("https://iwx.mail.qq.com/ftn/download?func=3&key=a", "QQ邮箱超大附件"),
        ("https://mail.qq.com/cgi-bin/ftnExs_download?k=a", "QQ邮箱超大附件"),
        ("https://mail.163.com/large-attachment-download/index.html?p=a", "网易邮箱云附件"),
        ("https://dashi.163.com/html/cloud-attachment-download/?key=a", "网易邮箱云附件"),
        ("https://edisk.qiye.163.com/api/biz/attachment/download?identity=a", "网易企业邮箱云附件"),
        ("https://mail.sina.com.cn/filecenter/download.php?id=a", "新浪邮箱文件中转站"),
        ("https://download.cloud.189.cn/file/downloadFile.action?dt=a", "天翼云盘"),
        ("https://1drv.ms/x/a", "OneDrive"),
        ("https://drive.google.com/file/d/a", "Google Drive"),
        ("https://www.kdocs.cn/l/a", "WPS云文档"),
        ("https://docs.wps.cn/l/a", "WPS云文档"),
        ("https://docs.qq.com/sheet/a", "腾讯文档"),
        ("https://www.aliyundrive.com/s/a", "阿里云盘"),
        ("https://pan.baidu.com/s/1a 提取码: 1234", "百度网盘"),
        ("https://share.weiyun.com/a", "腾讯微云"),
        ("https://mail.qq.com/cgi-bin/readtemplate?t=safety&gourl=https%3A%2F%2Fpan.baidu.com%2Fs%2F1a", "百度网盘"),
        ("表在网盘里 https://files.example.org/s/1a", "网盘"),
        ("超大附件 <a href='http://files.example.org/a'>下载</a>", "超大附件"),
    ],
)
def test_a_link_in_place_of_a_file_is_recognised(link: str, provider: str) -> None:
    assert cloud_links(read(mails.mail(text=f"附件见 {link} 请下载"))) == (provider,)
    assert cloud_links(read(mails.mail(text="", html=f'<a href="{link.replace("&", "&amp;")}">x</a>'))) == (provider,)


@pytest.mark.parametrize(
    "text",
    ["请勿使用网盘，附件发来", "详见 https://www.example.org/news/1", "https://mail.qq.com/", "notpan.baidu.com/s/1"],
)
def test_other_links_and_mere_words_are_no_file(text: str) -> None:
    assert cloud_links(read(mails.mail(text=text))) == ()
