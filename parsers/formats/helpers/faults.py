"""Why a file cannot be read, in the words that its sender gets (domain.md section 5.5)."""

from collections.abc import Iterator
from contextlib import contextmanager

from parsers.reading import Unreadable

SAVE_ANEW = "请在 WPS 或 Excel 中打开该文件，另存为 .xlsx 后重新发送。"
ATTACH_ANEW = "请重新添加附件后发送。"


def no_table() -> Unreadable:
    """A document that can be read, and that has no table in it."""
    return Unreadable("no-table", "所附文件中没有表格。如需报送统计表，请填写电子表（.xlsx 或 .xls）后重新发送。")


def broken() -> Unreadable:
    """The file breaks the rules of its own format."""
    return Unreadable("broken", f"文件已损坏或格式不规范，系统无法读取。{SAVE_ANEW}")


def unsafe() -> Unreadable:
    """The file is built in a way that no program writes and that only serves to deceive."""
    return Unreadable("unsafe", f"文件内部结构异常，为安全起见系统未予读取。{SAVE_ANEW}")


def truncated() -> Unreadable:
    """The end of the file is missing."""
    return Unreadable("truncated", f"文件不完整，可能在上传或转发时中断，系统无法读取。{ATTACH_ANEW}")


def password() -> Unreadable:
    """The file opens with a password only."""
    return Unreadable("password", "文件设有打开密码，系统无法读取。请取消密码，另存为 .xlsx 后重新发送。")


def too_large(what: str) -> Unreadable:
    """The file holds more than a table of an office ever does; `what` says of which in a few words."""
    return Unreadable(
        "too-large", f"文件内容过多（{what}），系统无法读取。请只保留统计表本身，另存为 .xlsx 后重新发送。"
    )


@contextmanager
def told_as_faults() -> Iterator[None]:
    """Turn whatever a library raises over a bad file into `broken`; also a decorator."""
    try:
        yield
    except (Unreadable, MemoryError):
        raise
    except Exception as error:
        raise broken() from error
