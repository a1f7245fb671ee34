"""Loading forms from TOML files, and errors in them."""

from datetime import date
from pathlib import Path

import pytest

from parsers.forms.form import FormError, load
from parsers.forms.labels import keys
from parsers.reading import Severity
from support.tables import PERIOD, contents, grid, only, read, titles

OTHER = """
id = "trainings"
title = "培训情况统计表"
title_words = [["培训", "统计表"]]

[[header]]
field = "unit_raw"
title = "报送单位"
kind = "text"

[[column]]
field = "course"
title = "课程"
kind = "text"
need = "must"

[[column]]
field = "held_from"
end = "held_to"
title = "时间"
kind = "days"
need = "must"

[[column]]
field = "heads"
title = "学员数"
kind = "count"
need = "must"
sums = "warning"
synonyms = ["学员"]

[checks]
repeated = ["course", "held_from"]
dated = "held_from"
unlikely = [{field = "heads", above = 50}]

[rows]
total = ["合计"]

[severity]
unlikely-size = "error"
"""


def form_file(folder: Path, text: str) -> Path:
    path = folder / "form.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_form_of_activities_comes_with_the_program() -> None:
    form = load("activities")
    assert form.id == "activities"
    assert {column.field for column in form.column if column.need == "must"} == {"title", "date_start", "participants"}
    assert [option.code for option in form.options("form_codes")][:2] == ["quiz", "speech"]
    assert form.names("2021年贯彻落实“12351+”计划目标任务开展线下活动统计表")
    assert not form.names("经费统计表")


def test_another_form_needs_no_code(tmp_path: Path) -> None:
    form = load(form_file(tmp_path, OTHER))
    rows = (("课程", "时间", "学员（人）"), ("网络素养", date(2021, 6, 1), 60), ("合计", None, 61))
    reading = read(grid(["培训情况统计表"], ["报送单位：新河街道总工会"], *rows), form=form, period=PERIOD)
    assert reading.form == "trainings"
    assert contents(reading, "course") == ["网络素养"]
    assert contents(reading, "held_to") == ["2021-06-01"]
    assert only(reading, "unlikely-size").severity is Severity.ERROR
    assert only(reading, "total-mismatch").field == "heads"


def test_a_file_in_a_folder_of_the_user_s_own_is_a_form(tmp_path: Path) -> None:
    text = (Path("parsers") / "forms" / "activities.toml").read_text(encoding="utf-8")
    assert load(form_file(tmp_path, text)) == load("activities")
    assert titles(read(grid(["活动名称", "时间", "参与人数", "地点"], ["演讲", "2021年6月1日", 30, "礼堂"]))) == [
        "演讲"
    ]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('kind = "count"', 'kind = "counts"', "column.2.kind"),
        ('title = "课程"', "", "column.0.title"),
        ("[checks]", "[cheks]", "cheks"),
        ('field = "heads", above', 'field = "head", above', "'head'"),
        ('field = "course"', 'field = "heads"', "described twice"),
        ('kind = "text"\nneed', 'kind = "choices"\nneed', "choices.course"),
        ("[rows]", "[rows]\nsection = ['(']", "regular expression"),
        ('id = "trainings"', "id = ", "line 2, column 6: a value is missing"),
        ('unlikely-size = "error"', 'unlikely-size = "fatal"', "severity"),
    ],
)
def test_a_fault_in_a_form_is_a_sentence_that_names_it(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = form_file(tmp_path, OTHER.replace(old, new, 1))
    with pytest.raises(FormError) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert says in str(caught.value)


def test_a_form_that_is_not_there_is_said() -> None:
    with pytest.raises(FormError, match="no form of that name"):
        load("nonesuch")


def test_no_two_columns_share_a_word_in_any_spelling() -> None:
    form = load("activities")
    for fields in (form.column, form.header):
        owners: dict[str, str] = {}
        for one in fields:
            for word in (one.title, *one.synonyms):
                assert all(owners.setdefault(shape, one.field) == one.field for shape in keys(word)), word
