"""Decides whether a unit's name inside a sentence stands for the unit, or is a place or part of another word."""

import re

# what may touch a name in running text without making it another name
_BEFORE = re.compile(
    r"(?:[^\u4e00-\u9fff]|^|天津市?|滨海新区|新区|报送|上报|关于|来自|提交|补报|更正|的|及|和|与|由|[、，：])$"
)
_AFTER = re.compile(
    r"(?:[^\u4e00-\u9fff]|$|总?工会|工会|街|镇|街道|集团|公司|办事处|人民政府|管委会|群团|统计表|好网民|线下|活动|报送|上报|开展|"
    r"附件|信息|网聚|终版|更正|补报|的|及|和|与)"
)
# what makes a name in running text a place that was visited, or somebody else who took part, and not who writes
_VISITED = re.compile(
    r"(?:走[进入]|送\S{0,4}进|(?<![推促先引改增跟演前])进|赴|前往|深入|走访|慰问|参观|(?<!收)到|(?<!存)在|(?<![关由自])于|"
    r"联合|携手|会同|协同|帮扶|支援|援助|邀请|对接|抄送|抄报|请转|转交)$"
)
_HELD_THERE = re.compile(r"(?:总?工会)?(?:站(?!长)|专场|分会场|礼堂|会议室|体育馆|操场|食堂|门前|广场)")


def names_unit(text: str, start: int, end: int) -> bool:
    """Whether the name at text[start:end] stands for the unit itself, all of it normalized."""
    return _stands_alone(text, start, end) and not _is_place_or_guest(text, start, end)


def _stands_alone(text: str, start: int, end: int) -> bool:
    name = text[start:end]
    if len(name) >= 4 or name.endswith(("工会", "镇")):
        return True
    before_ok = _BEFORE.search(text[:start]) is not None
    return before_ok and (name.endswith("街") or _AFTER.match(text[end:]) is not None)


def _is_place_or_guest(text: str, start: int, end: int) -> bool:
    return bool(_VISITED.search(text[max(0, start - 8) : start]) or _HELD_THERE.match(text[end:]))
