"""The known mail providers: servers, limits and deviations from the standards, one row each.

`[[mailbox]] provider` chooses the row. Every fact names its source: a section of mail.md, or a published page.
Limits nobody has published are set low on purpose; `[sending]` in the configuration wins over them.
"""

import difflib
import ipaddress
from dataclasses import dataclass, replace
from typing import Literal, Protocol

Listed = Literal["fetch", "search", "number"]
"""A way to ask for all UIDs: `UID FETCH 1:* (UID)`, `UID SEARCH ALL`, `FETCH 1:n (UID)` by sequence number."""
Endpoint = tuple[str, int]
"""Host and port."""

SENT = "\\Sent"
"""The folder that the server marks so (RFC 6154)."""
SENT_NAMES = ("Sent Messages", "Sent Items", "Sent", "已发送", "已发送邮件", "已发邮件")
"""What it is called where no folder is marked (mail.md 1.8)."""


class Configured(Protocol):
    """What a row is chosen by; `mailbot.config.mail_servers.MailboxConfig` is one."""

    @property
    def provider(self) -> str:
        """A name of the table, or `auto`."""

    @property
    def imap(self) -> "Reached":
        """The server that mail is read from."""


class Reached(Protocol):
    """A server by its host."""

    @property
    def host(self) -> str:
        """Its name or address."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider. The defaults are those of one that nobody knows: the most careful ones."""

    name: str
    title: str
    """What people call it."""
    domains: tuple[str, ...] = ()
    """Its hosts are these or end in them."""
    imap: Endpoint | None = None
    smtp: Endpoint | None = None
    """Where its servers are; both with TLS from the start, port 587 with STARTTLS."""
    aliases: tuple[str, ...] = ()
    """Other names for this row in the configuration."""
    needs_id: bool = False
    """Whether ID (RFC 2971) is said after LOGIN although the server does not offer it; where it does, it always is."""
    listing: tuple[Listed, ...] = ("fetch", "search", "number")
    """In which order the ways to list are tried: the first is the one least likely to be refused.

    SEARCH is never asked for anything but ALL, and without CHARSET: by words it finds everything at Sina, QQ and
    Exmail, parentheses are BAD at Aliyun, CHARSET at QQ, Aliyun and Exchange (mail.md 1.4, 1.5, 1.7).
    """
    files: bool = True
    """False: known to have neither MOVE nor UIDPLUS, so that nothing can be filed away safely."""
    takes_passwords: bool = True
    xoauth2: bool = False
    """Whether it lets in with access tokens by AUTH XOAUTH2."""
    per_minute: int = 6
    per_day: int = 80
    """Letters that it takes from one account; free accounts of NetEase stop at 100 (mail.md 1.6 and 5)."""
    per_connection: int = 10
    """Letters on one connection; NetEase counts them (MI:DMC, mail.md 1.6)."""
    sent_folder: str = SENT
    """SENT or a name."""
    keeps_sent_copy: bool = False
    """Whether mail handed over by SMTP lands in that folder without our doing: one that is not there was not taken."""


UNKNOWN = Provider("unknown", "未知服务商")

SINA = Provider(
    "sina",
    "新浪邮箱",
    # mail.md 1.1
    domains=("sina.com", "sina.cn"),
    imap=("imap.sina.com", 993),
    smtp=("smtp.sina.com", 465),
    # mail.md 1.4: limits and habits of the sent folder are not published
    sent_folder="已发送",
)

NETEASE = Provider(
    "163",
    "网易邮箱（163、126、yeah、188）",
    # mail.md 1.1: imap.163.com serves all four
    domains=("163.com", "126.com", "yeah.net", "188.com"),
    imap=("imap.163.com", 993),
    smtp=("smtp.163.com", 465),
    aliases=("126", "yeah", "188", "netease"),
    # mail.md 1.2: SELECT without ID is answered with "Unsafe Login"
    needs_id=True,
    # mail.md 1.6: 100 letters a day for free accounts, MI:SFQ counts within 15 minutes, MI:DMC on a connection
    per_minute=6,
    per_day=80,
    per_connection=10,
)

QQ = Provider(
    "qq",
    "QQ 邮箱、Foxmail 邮箱",
    # mail.md 1.1
    domains=("qq.com", "foxmail.com"),
    imap=("imap.qq.com", 993),
    smtp=("smtp.qq.com", 465),
    aliases=("foxmail",),
    # mail.md 1.5: FETCH of ranges that do not exist is BAD; SEARCH by words matches everything, ALL is right
    listing=("search", "fetch", "number"),
    # mail.md 1.5: "550 Connection frequency limited"
    per_minute=6,
    # mail.md 1.8: not marked as special
    sent_folder="Sent Messages",
)

EXCHANGE = Provider(
    "exchange",
    "Exchange（单位自建）",
    # mail.md 1.3: MOVE is offered after LOGIN alone
    # mail.md 1.9: throttled with "Server Unavailable. 15"
    per_minute=20,
    per_day=1000,
    sent_folder="Sent Items",
)

PROVIDERS = (
    SINA,
    replace(
        SINA,
        name="vip.sina",
        title="新浪 VIP 邮箱",
        # mail.md 1.1; 1.4: its SMTP does not unfold From
        domains=("vip.sina.com",),
        imap=("imap.vip.sina.com", 993),
        smtp=("smtp.vip.sina.com", 465),
    ),
    NETEASE,
    replace(
        NETEASE,
        name="qiye.163",
        title="网易企业邮箱",
        # mail.md 1.1
        domains=("qiye.163.com", "ym.163.com"),
        imap=("imaphz.qiye.163.com", 993),
        smtp=("smtphz.qiye.163.com", 994),
        aliases=("qiye163",),
    ),
    QQ,
    replace(
        QQ,
        name="exmail",
        title="腾讯企业邮箱",
        # mail.md 1.1
        domains=("exmail.qq.com",),
        imap=("imap.exmail.qq.com", 993),
        smtp=("smtp.exmail.qq.com", 465),
        aliases=("qq.exmail",),
        # reliability.md 3: 500 a day to strangers for a whole company on the free edition; answers are not counted
        per_day=300,
    ),
    Provider(
        "139",
        "中国移动 139 邮箱",
        # mail.md 1.1
        domains=("139.com",),
        imap=("imap.139.com", 993),
        smtp=("smtp.139.com", 465),
        # mail.md 1.3: neither MOVE nor UIDPLUS, no ID, no UIDNEXT
        files=False,
        sent_folder="已发送",
    ),
    Provider(
        "aliyun",
        "阿里邮箱（个人、企业）",
        # mail.md 1.1
        domains=("aliyun.com", "mxhichina.com"),
        imap=("imap.aliyun.com", 993),
        smtp=("smtp.aliyun.com", 465),
        aliases=("qiye.aliyun",),
        # mail.md 1.7: any SEARCH with parentheses or CHARSET is BAD
        sent_folder="已发送",
    ),
    EXCHANGE,
    replace(
        EXCHANGE,
        name="outlook",
        title="Outlook.com、Microsoft 365",
        # mail.md 1.1: tokens only, passwords are off since 2024-09-16
        domains=("outlook.office365.com", "smtp.office365.com", "imap-mail.outlook.com", "smtp-mail.outlook.com"),
        imap=("outlook.office365.com", 993),
        smtp=("smtp.office365.com", 587),
        aliases=("hotmail", "office365", "m365"),
        takes_passwords=False,
        xoauth2=True,
        # learn.microsoft.com, Exchange Online limits: 30 messages a minute, 10,000 recipients a day
        per_minute=20,
        per_day=1000,
        # mail.md 5
        keeps_sent_copy=True,
    ),
    Provider(
        "gmail",
        "Gmail",
        # mail.md 1.1
        domains=("imap.gmail.com", "smtp.gmail.com", "googlemail.com"),
        imap=("imap.gmail.com", 993),
        smtp=("smtp.gmail.com", 465),
        xoauth2=True,
        # support.google.com, sending limits: 500 messages a day, 2,000 in Workspace
        per_minute=20,
        per_day=400,
        # mail.md 5
        keeps_sent_copy=True,
    ),
    replace(
        NETEASE,
        name="coremail",
        title="Coremail（单位自建）",
        # mail.md 1.2 and 1.6: the software that NetEase runs too
        domains=("icoremail.net",),
        imap=None,
        smtp=None,
        aliases=(),
    ),
    Provider(
        "dovecot",
        "Dovecot（自建）",
        # mail.md 1.3 and 7.1; a server of one's own has the limits that one gives it
        per_minute=60,
        per_day=2000,
        per_connection=50,
    ),
    UNKNOWN,
)
"""Every provider once."""

_BY_NAME = {name: provider for provider in PROVIDERS for name in (provider.name, *provider.aliases)}
_OWN = _BY_NAME["dovecot"]


def of(mailbox: Configured) -> Provider:
    """The provider of a mailbox: the one it names; with `auto` the one whose host it is read from.

    A server on this machine is one of our own; a host that nobody knows is `unknown`. KeyError for a name that
    `fault` complains of.
    """
    return _BY_NAME[mailbox.provider.lower()] if mailbox.provider != "auto" else at(mailbox.imap.host)


def at(host: str) -> Provider:
    """The provider whose host that is; the longest domain that fits tells."""
    name = host.lower().rstrip(".")
    fits = [(len(d), p) for p in PROVIDERS for d in p.domains if name == d or name.endswith(f".{d}")]
    if fits:
        return max(fits, key=lambda fit: fit[0])[1]
    return _OWN if _is_this_machine(name) else UNKNOWN


def fault(provider: str) -> str | None:
    """What is wrong with a name in the configuration, as a sentence that names the nearest; None where nothing is."""
    if provider == "auto" or provider.lower() in _BY_NAME:
        return None
    near = difflib.get_close_matches(provider.lower(), _BY_NAME, n=1, cutoff=0.4)
    names = ", ".join(p.name for p in PROVIDERS)
    return (f"did you mean {near[0]}? " if near else "") + f"write auto or one of {names}"


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
