"""Why a container cannot be opened, in the words that its sender gets (domain.md section 5.5)."""

from parsers.reading import Unreadable

_DIRECTLY = "请解压后直接附上电子表（.xlsx 或 .xls）重新发送。"


def empty() -> Unreadable:
    """There is no file in it, or none that a person put there."""
    return Unreadable("empty", "压缩包中没有文件。请直接附上电子表（.xlsx 或 .xls）重新发送。")


def password() -> Unreadable:
    """It opens with a password only."""
    return Unreadable("password", f"压缩包设有密码，系统无法打开。{_DIRECTLY}")


def truncated() -> Unreadable:
    """Its end is missing."""
    return Unreadable("truncated", "压缩包不完整，可能在上传或转发时中断，系统无法打开。请重新添加附件后发送。")


def volume() -> Unreadable:
    """It is one of the files over which an archive was spread."""
    return Unreadable(
        "volume",
        "所附文件是分卷压缩包的一部分，系统无法打开。请合并为一个压缩包，或直接附上电子表（.xlsx 或 .xls）重新发送。",
    )


def broken() -> Unreadable:
    """It breaks the rules of its own format, or its sums do not match."""
    return Unreadable("broken", f"压缩包已损坏，系统无法打开。{_DIRECTLY}")


def unsafe() -> Unreadable:
    """It is built in a way that no program writes and that only serves to deceive."""
    return Unreadable("unsafe", f"压缩包内部结构异常，为安全起见系统未予打开。{_DIRECTLY}")


def too_large(what: str) -> Unreadable:
    """It holds more than a report ever does; `what` says of which in a few words."""
    return Unreadable(
        "too-large", f"压缩包内容过多（{what}），系统未予打开。请直接附上统计表本身（.xlsx 或 .xls）重新发送。"
    )


def too_deep() -> Unreadable:
    """An archive in an archive in an archive."""
    return Unreadable("archive", f"压缩包中还套有压缩包，层数过多，系统未予打开。{_DIRECTLY}")


def unknown() -> Unreadable:
    """A kind, or a way of packing or encrypting, that cannot be opened here."""
    return Unreadable("archive", f"该压缩包的格式或加密方式不受支持，系统无法打开。{_DIRECTLY}")


def wrapped(code: str) -> Unreadable:
    """A winmail.dat that cannot be opened: it is `truncated` or `broken`."""
    return Unreadable(
        code,
        "附件被 Outlook 打包为 winmail.dat，且内容不完整，系统无法打开。"
        "请在 Outlook 中将邮件格式改为“HTML”或“纯文本”，重新添加附件后发送。",
    )


_AS_MAIL = "请关闭邮件加密、签名功能，将统计表（.xlsx 或 .xls）作为附件重新发送。"


def encrypted(how: str = "S/MIME") -> Unreadable:
    """A mail or a file that only its recipient's key opens; `how` names the way of encrypting."""
    return Unreadable("encrypted", f"来件内容经过加密（{how}），系统无法读取。{_AS_MAIL}")


def broken_signature() -> Unreadable:
    """A signed or compressed mail whose wrapping is damaged."""
    return Unreadable("broken", f"来件的数字签名封装（S/MIME）已损坏，系统无法打开。{_AS_MAIL}")


def broken_on_the_way() -> Unreadable:
    """A file of which lines in the midst were damaged."""
    return Unreadable("broken", "附件在传送中损坏，系统无法读取。请重新添加附件后发送。")
