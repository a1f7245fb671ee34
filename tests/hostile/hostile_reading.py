"""What the child does with one input, and what that cost it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mailbot.mail.opening import open_mail
from parsers.child import work
from parsers.forms.form import Form
from parsers.reading import Period


@dataclass(frozen=True, slots=True)
class Cost:
    """`seconds` of the child's own processor time, of a normal machine; `megabytes`: the most memory that it has had
    since its start; `work`: the share of the work that a mail of this size may take."""

    verdict: str
    seconds: float
    megabytes: float
    readings: int
    work: float


def opened(raw: bytes, forms: Sequence[Form], period: Period) -> Cost:
    """Open a mail in this process, and measure it."""
    began = time.process_time()
    with work.shared(len(raw)) as share:
        mail = open_mail(raw, forms, period)
    seconds = (time.process_time() - began) / work.slowness()
    codes = {document.fault.code for document in mail.documents if document.fault}
    return Cost("+".join(sorted(codes)) or "read", seconds, _most_megabytes(), len(mail.readings), share.spent)


def _most_megabytes() -> float:
    """The peak of this program alone; `ru_maxrss` goes on from that of the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (peak,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(peak) / 1024
