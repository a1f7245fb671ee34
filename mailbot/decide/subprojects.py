"""Recognises works and cases for the sub-projects of the campaign, which collect them on platforms of their own."""

import re
from collections.abc import Sequence

from mailbot.domain.campaign import Subproject

_KINDS = "作品|案例|剧本|歌曲|视频|影片|摄影|诵读"
_PAPERS = "申报表|申报书|申报材料|报名表|推荐表|评价表|参赛作品|征集作品|参评作品|作品投稿"
_WORKS = re.compile(rf"(?:{_KINDS}).{{0,12}}(?:征集|报名|申报|参评|投稿|推荐|评选)|{_PAPERS}")
_ENTRY = re.compile(r"作品|案例|申报|征集|报名|投稿|参评|参赛|推荐表|评价表")
_SENT = re.compile(
    rf"(?:报送|上报|提交|选送|推荐|申报|发送|附上|现将|附件[为是：:]).{{0,30}}(?:作品|案例|{_PAPERS})"
    rf"|(?:作品|案例|{_PAPERS}).{{0,12}}(?:见附件|附后|如附|请查收|已附|参评|参赛|投稿)"
)
"""In running text a work must be said to be sent; a subject or a file's name names what comes."""
_TOLD = re.compile(
    r"信息(?!表|化|网络)|简报|动态|快讯|新闻|报道|通讯|纪实|总结|小结|侧记|开展|举办|组织|动员|发动|启动|鼓励|号召|引导"
)
"""Words of somebody who tells of an activity."""
_HANDED_IN = re.compile(rf"{_PAPERS}|(?:报送|上报|提交|选送).{{0,30}}(?:作品|案例)|(?:作品|案例)(?:报送|上报|提交)")


def named_subprojects(
    names: Sequence[str], words: str, subprojects: Sequence[Subproject]
) -> tuple[Subproject, ...] | None:
    """The sub-projects that a mail brings works or cases for, as far as it says; None where it brings none.

    `names`: its subject and the names of its files; `words`: its text. News of an activity may name a sub-project and
    stays news.
    """
    brought = [name for name in names if _brings(name, subprojects)]
    if brought or not any(map(_TOLD.search, names)):
        clauses = re.split(r"[。；;！!\n]+", words)
        brought += [clause for clause in clauses if _SENT.search(clause) and not _TOLD.search(clause)]
    return _meant(brought, subprojects) or _meant(names, subprojects) if brought else None


def _brings(name: str, subprojects: Sequence[Subproject]) -> bool:
    if _HANDED_IN.search(name):
        return True
    collected = _WORKS.search(name) or (_meant([name], subprojects) and _ENTRY.search(name))
    return bool(collected) and not _TOLD.search(name)


def _meant(texts: Sequence[str], subprojects: Sequence[Subproject]) -> tuple[Subproject, ...]:
    return tuple(each for each in subprojects if any(word in text for text in texts for word in each.words))
