"""Recognizes that a unit says of a table that it is not its own: 不是我们报的."""

import re

MOST_LINES = 3
"""An objection stands at the beginning of an answer; a sentence further down tells of something else."""
_US = r"(?:我们(?:单位|工会|街道|公司|这边|这里)?|我单位|我会|我处|我方|我工会|本单位|本会|本人|我)"
_DID = r"(?:所?(?:上报|报送|发送|填报|提交|报|发|填|寄|做)(?:出|送|过|来)?(?:的|了)?)"
_IT = r"(?:(?:这|该|此|上述|以上|任何)?(?:[份张个封次])?(?:统计表|表格|表|邮件|材料|内容|数据)?)"
_OBJECTS = re.compile(
    rf".{{0,12}}?(?:不是|并非|非|并不是){_US}{_DID}{_IT}"
    rf"|.{{0,6}}?{_US}.{{0,4}}?(?:没有|没|未曾|从未|并未|未)(?:向你们|向贵部|向贵单位|给你们)?{_DID}{_IT}"
    rf"|.{{0,6}}?(?:邮箱(?:被盗|被冒用|被人盗用|遭盗用)|(?:系|是|属)?冒[用充名]).{{0,12}}"
)
"""One clause, whole: “我们没有报送网络作品” speaks of something else."""
_OWNS = re.compile(rf"(?<!不)(?<!并不)是{_US}{_DID}")
_ASKS = re.compile(r"[?？吗]|是不是|是否|(\w)没\1|有没有")


def objects(words: str) -> bool:
    """Whether the first lines of an answer say that what was registered was not sent by the unit.

    `words` are the sender's own, without what they quote. A question is no objection.
    """
    lines = [line.strip() for line in words.splitlines() if line.strip()][:MOST_LINES]
    sentences = [sentence for line in lines for sentence in re.split(r"(?<=[。！!；;?？])", line)]
    clauses = [clause for s in sentences if not _ASKS.search(s) for clause in re.split(r"[，,。！!；;]", s)]
    squeezed = ["".join(clause.split()) for clause in clauses]
    return any(map(_OBJECTS.fullmatch, squeezed)) and not any(map(_OWNS.search, squeezed))
