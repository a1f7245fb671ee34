"""Reads in a sender's words whether a table replaces earlier ones or is added to them.

A word counts as a careful reader takes it: said of the table or its figures, not denied (请勿替换), not asked
(是否有误), not part of a title (新修订的《工会法》). Subject, file names and body are read alike, clause by clause.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

# domain.md 2.3; the longer words first. What nobody says but of a report or a file:
_OF_REPORTS = (
    r"以[此本这](?:一?[次表件版份个封]|邮件|附件)?(?:报送|统计表)?的?为准|更正|订正|勘误|(?<!请)补正|"
    r"重新(?:报送|上报|填报|报(?!名))|重报|最终(?:版|稿|表|确认|统计|(?![\u4e00-\u9fff]))|终版|定稿|"
    r"最新(?:版|的?统计表|的?表)|[（(【]改[）)】]|(?<![a-z])v[2-9](?!\d)|作废|撤回|[填报发]错|(?:忽略|替换)[上前]"
)
# What is said of other things as well, and means the report only where the report is named:
_OF_ANYTHING = (
    r"更新(?:版|后|的|了|表|统计|如下|(?![\u4e00-\u9fff]))|改正|纠正|修正|修改|(?<!新)修订|替换|调整后|第二版|有误"
)
REPLACING = re.compile(f"(?P<ours>{_OF_REPORTS})|(?P<any>{_OF_ANYTHING})", re.IGNORECASE)
ADDING = re.compile(
    r"补报|补充(?!说明|完善)|追加|续报|增报|增补|追报|再报|补交|补发|漏报|漏填|现补上|第[二三四五六七八九十2-9]批|"
    r"新增(?:加?了?)?(?:\d|[一二两三四五六七八九十]|活动)"
)
_REPORT = re.compile(
    r"表|数据|数字|数量|人数|场次|报送|上报|填报|所报|已报|原报|统计|附件|文件|邮件|材料|版|稿|[上前]一?[次份封]|之前|此前|先前|前期"
)
MOST_WORDS = 300
"""Words of replacing that are weighed; a mail with more of them is none that anybody wrote."""
_REACH = 8
"""Characters between such a word and what it is said of."""
_ALONE = (
    re.compile(r"(?:^|[^\u4e00-\u9fff])(?:已|再次?|二次|经|第.次|数据)?$"),
    re.compile(r"(?:版|稿|后|过|的|了|完|件|本|完毕|完善)*(?:$|[^\u4e00-\u9fff])"),
)
"""Before and behind a word that stands for itself, as in 附件1（修改）."""

_WHOLE = re.compile(
    r"以[此本这]|重新|重报|最终|终版|定稿|最新|v[2-9]|第二版|作废|撤回|忽略|替换|"
    r"(?:更正|订正|勘误|补正|更新|改正|修正|修改|修订|调整)(?:完善|完|过|好)*(?:后|版|稿|的[^，。]{0,6}表)|调整后",
    re.IGNORECASE,
)
"""Words that speak of the table as a whole: what is not in it any more is meant to be gone."""
_PART = re.compile(
    r"(?:其余|其他|其它|别的|剩余|余下)[^，。]{0,10}(?:不变|不动|照旧|变化|不改|不作|不做|无需|一致|无误|仍|同前|同上)|"
    r"[只仅](?:是|对|将|把|有)?[^，。]{0,8}(?:更正|改|调整|补正|替换|涉及|订正)"
)
_REMOVING = re.compile(
    r"删除|删去|删掉|去掉|去除|剔除|取消|未(?:实际)?(?:开展|举办|举行)|没有?(?:开展|举办)|不再?(?:计入|统计|报)|重复|多报|误报"
)

_PICTURES = re.compile(r"照片|图片|视频|影像|盖章|扫描|签字|原件|信息稿|简报")
_TITLES = re.compile(r"《[^《》]{0,60}》|[“「『][^“”「」『』]{7,60}[”」』]")
_COURTESY = re.compile(
    r"(?:^|(?<=[。；;！!？?\n]))[^。；;！!？?\n]{0,80}的话[^。；;！!？?\n]*|(?:如果?|若|倘若|万一)[^。；;！!？?\n]{0,60}?(?:联系|告知|通知|指正|反馈|来电|致电|回复|电话)[^。；;！!？?\n]*"
)
"""What happens if: 如有问题请联系，我们将及时修改 corrects nothing."""
_CLAUSE = re.compile(r"[^。；;！!？?\n，,、]{1,100}")

_FORBIDDEN = re.compile(
    r"(?:勿|莫|(?<![特分级个区性类])别(?![的人处])|不要|不用|不必|不需|无需|无须|毋[须需]|避免|防止|以免)[^，。]*$"
)
_DENIED = re.compile(
    r"(?:未|没|没有|无|不|并非|尚未)(?:再|作|做|进行|予以|任何|什么|其他|需|要|有|经|被|曾|加以|发现|存在)*$"
)
_ASKED = re.compile(
    r"(?:是否|有无|能否|可否|要不要|如(?![下上实期数图附此前题]|[^，。]*表)|若(?!干)|倘|万一|一旦)[^，。]*$"
)
_QUESTION = re.compile(r"(?:吗|么|呢|没有|与否)\s*$")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the words ask for; everything False where they ask for nothing.

    `whole`: they speak of the table as a whole. `part`: they say themselves that it holds a part of it alone.
    """

    replaces: bool = False
    adds: bool = False
    whole: bool = False
    part: bool = False


def requested(words: str) -> Asked:
    """What subject, file names and body ask for together."""
    found = ((clause, match) for clause in clauses(words) for match in REPLACING.finditer(clause))
    replacing = [(clause, match) for clause, match in islice(found, MOST_WORDS) if _is_meant(clause, match)]
    return Asked(
        replaces=bool(replacing),
        adds=any(
            _is_said(clause, match) and not _is_of_pictures(clause)
            for clause in clauses(words)
            for match in ADDING.finditer(clause)
        ),
        whole=any(_WHOLE.match(clause, match.start()) for clause, match in replacing),
        part=any(_PART.search(clause) for clause in clauses(words)),
    )


def clauses(words: str) -> Iterator[str]:
    """The clauses of a text, without the titles of books and laws and without courtesies that say what happens if."""
    for match in _CLAUSE.finditer(_COURTESY.sub("", _TITLES.sub("《》", words))):
        yield match[0].strip()


def asks_to_remove(words: str, title: str) -> bool:
    """Whether the words say of an activity, by its title without blanks, that it is to be taken out."""
    sentences = re.split(r"[。；;！!？?\n]", re.sub(r"[^\S\n]+", "", words))
    return bool(title) and any(title in sentence and _REMOVING.search(sentence) for sentence in sentences)


def is_question_or_condition(clause: str, start: int) -> bool:
    """Whether what stands at a place of a clause is asked, or holds only if something else does."""
    return bool(_ASKED.search(clause, 0, start) or _QUESTION.search(clause))


def _is_said(clause: str, match: re.Match[str]) -> bool:
    start = match.start()
    denied = _FORBIDDEN.search(clause, 0, start) or _DENIED.search(clause, 0, start)
    return not denied and not is_question_or_condition(clause, start)


def _is_of_pictures(clause: str) -> bool:
    """Whether what is sent later are pictures or a stamped copy, and no table or activity."""
    return bool(_PICTURES.search(clause)) and not re.search(r"表|场|活动", clause)


def _is_meant(clause: str, match: re.Match[str]) -> bool:
    if not _is_said(clause, match):
        return False
    start, end = match.span()
    return bool(
        match["ours"]
        or _REPORT.search(clause, max(0, start - _REACH), min(len(clause), end + _REACH))
        or (_ALONE[0].search(clause, 0, start) and _ALONE[1].match(clause, end))
    )
