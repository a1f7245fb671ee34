"""Finds links to files on cloud disks, by provider. They are reported and never followed."""

import html
import re
from urllib.parse import unquote

from mailbot.mail.message import Mail

_LONGEST = 2_000_000

# provider → where its links lead: mail programs' "large attachments" and the usual cloud disks. Hosts stand without
# their last labels, as the same service answers under several (sina.com, sina.cn, sina.com.cn).
_LINKS = {
    "QQ邮箱超大附件": r"mail\.qq\.[\w.-]+/(?:ftn/|cgi-bin/ftn)|ftn\.qq\.[\w.-]+/",
    "网易企业邮箱云附件": r"edisk\.qiye\.163\.[\w.-]+/",
    "网易邮箱云附件": r"(?:mail|dashi)\.(?:163|126|yeah)\.[\w.-]+/[^\s\"'<>]{0,60}(?:large|cloud)-attachment",
    "新浪邮箱文件中转站": r"mail\.sina\.[\w.-]+/filecenter/",
    "天翼云盘": r"cloud\.189\.[\w.-]+/\w",
    "移动云盘": r"(?:caiyun|yun)\.139\.[\w.-]+/\w",
    "OneDrive": r"1drv\.ms/|onedrive\.live\.[\w.-]+/|[\w-]+\.sharepoint\.[\w.-]+/",
    "Google Drive": r"(?:drive|docs)\.google\.[\w.-]+/",
    "WPS云文档": r"kdocs\.[\w.-]+/\w|docs\.wps\.[\w.-]+/",
    "腾讯文档": r"docs\.qq\.[\w.-]+/\w",
    "腾讯微云": r"(?:share|www)\.weiyun\.[\w.-]+/\w",
    "百度网盘": r"(?:pan|yun)\.baidu\.[\w.-]+/s",
    "阿里云盘": r"(?:aliyundrive|alipan)\.[\w.-]+/\w",
    "夸克网盘": r"pan\.quark\.[\w.-]+/s/",
    "迅雷云盘": r"pan\.xunlei\.[\w.-]+/s/",
    "123云盘": r"123pan\.[\w.-]+/s/",
    "蓝奏云": r"lanzou\w?\.[\w.-]+/\w",
    "飞书云文档": r"(?:feishu|larksuite)\.[\w.-]+/(?:file|drive|sheets|docx|docs|wiki|base|share)",
    "钉钉文档": r"(?:alidocs|docs|space)\.dingtalk\.[\w.-]+/",
    "石墨文档": r"shimo\.im/\w",
    "奶牛快传": r"cowtransfer\.[\w.-]+/s/",
    "WeTransfer": r"we\.tl/|wetransfer\.[\w.-]+/downloads/",
    "Dropbox": r"dropbox\.[\w.-]+/s",
}
_PATTERNS = tuple(
    (name, re.compile(rf"(?<![\w-])(?:{link})", re.IGNORECASE | re.ASCII)) for name, link in _LINKS.items()
)
_WORDS = re.compile(r"超大附件|云附件|文件中转站|网盘|云盘")
_LINK = re.compile(r"https?://\w", re.IGNORECASE)


def cloud_links(mail: Mail) -> tuple[str, ...]:
    """The providers that links in the mail lead to, each once, also behind a mail program's "safe link".

    A link whose provider is not known counts where the mail itself calls it one to a file: then that word stands.
    """
    written = html.unescape(f"{mail.text}\n{mail.html}"[:_LONGEST])
    places = f"{written}\n{unquote(written)}" if "%" in written else written
    known = tuple(name for name, pattern in _PATTERNS if pattern.search(places))
    if known or not _LINK.search(places):
        return known
    word = _WORDS.search(places)
    return (word[0],) if word else ()
