"""Which mail is an entry for a sub-project, and which is news that only mentions one."""

import pytest

from mailbot.decide.subprojects import named_subprojects
from mailbot.domain.campaign import Subproject

FILMS = Subproject("网络微视频征集", "甲省总工会", ("微视频",))
APPS = Subproject("小程序应用优秀案例征集", "乙市总工会", ("小程序",))
BOTH = (FILMS, APPS)


@pytest.mark.parametrize(
    ("names", "words", "subprojects"),
    [
        (["报送微视频作品"], "", (FILMS,)),
        (["新河街道总工会", "微视频报名表.docx"], "", (FILMS,)),
        (["小程序应用优秀案例申报表"], "请查收", (APPS,)),
        (["小程序案例", "微视频作品.mp4"], "", BOTH),
        (["关于组织职工参加微视频征集的作品报送"], "", (FILMS,)),
        (["参赛作品.mp4"], "", ()),
        (["报送微视频", "IMG_01.mp4"], "现将我单位职工创作的作品报送，请查收", (FILMS,)),
        (["新河街道总工会"], "您好：\n我单位微视频参赛作品见附件。", (FILMS,)),
        (["附件1.docx"], "附件为小程序优秀案例，请查收", (APPS,)),
        (["优秀案例推荐表.docx"], "", ()),
    ],
)
def test_a_mail_that_brings_works_is_known_with_its_sub_projects(
    names: list[str], words: str, subprojects: tuple[Subproject, ...]
) -> None:
    assert named_subprojects(names, words, BOTH) == subprojects


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["新河街开展好网民活动信息", "活动信息.docx"], "我街组织职工参加网络微视频征集，共报送作品3件。"),
        (["关于组织职工参加微视频征集的活动简报.docx"], ""),
        (["新河街动员职工报名微视频征集"], ""),
        (["活动照片"], "我街积极动员职工参加微视频征集活动"),
        (["活动照片"], "我街积极组织职工报送微视频作品"),
        (["小程序上线"], "我街的小程序今日上线"),
        (["报送统计表", "附件1.xlsx"], "请查收"),
        ([""], ""),
    ],
)
def test_news_that_names_a_sub_project_stays_news(names: list[str], words: str) -> None:
    assert named_subprojects(names, words, BOTH) is None


def test_without_a_list_works_are_known_by_their_general_words() -> None:
    assert named_subprojects(["微视频作品征集"], "", ()) == ()
    assert named_subprojects(["微视频"], "", ()) is None
