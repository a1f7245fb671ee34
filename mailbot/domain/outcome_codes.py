"""Codes of outcomes by which something is decided, so that their sentences may be worded otherwise at any time."""

from collections.abc import Mapping
from types import MappingProxyType

FORGED = "sender-forged"
"""The domain of the sender says that the mail is not its own."""
AMBIGUOUS = "sender-ambiguous"
"""From does not name exactly one sender."""
BY_PROGRAM = "sent-by-program"
"""A program or a list sent a table."""
ASKS_FOR_TIME = "asks-for-time"
"""A mail that asks to report later."""

IN_DOUBT = frozenset({FORGED, AMBIGUOUS, BY_PROGRAM})
"""The sender of the mail is in doubt."""

OF_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "发件人未通过域名验证（DMARC），可能系冒用他人邮箱，由工作人员核实后登记和答复": FORGED,
        "邮件的发件人一栏写有多个地址或不合规范，由工作人员核实后登记": AMBIGUOUS,
        "所附统计表由系统发送或群发（邮件头或发件地址表明），由工作人员核实后登记和答复": BY_PROGRAM,
        "申请延期报送，请工作人员答复": ASKS_FOR_TIME,
    }
)
"""What stands alone, without a code, in whatever was stored before there were these; not to be changed."""
