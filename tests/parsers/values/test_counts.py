"""Cells that hold a count: which figures are read, and which are left to a person."""

import time
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.grid import Cell
from parsers.values import Measure, Understood
from parsers.values.counts import count
from parsers.values.measures import measure_of

TEN_THOUSANDS = Measure("万人", 10000)
PEOPLE = Measure("人", 1)


def written(text: str, measure: Measure | None = None) -> Understood:
    return count(Cell(text, "text", text), measure)


def typed(
    value: float, shown: str | None = None, measure: Measure | None = None, number_format: str | None = None
) -> Understood:
    return count(Cell(value, "number", str(value) if shown is None else shown, number_format), measure)


def codes(understood: Understood) -> tuple[str, ...]:
    return tuple(doubt.code for doubt in understood.doubts)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(
            (text, 300)
            for text in ("300", "300人", "３００", "300　", "300.0", "300\xa0", "3\u200b00", "300 人", "300\n人")
        ),
        *(
            (text, 300)
            for text in ("共300人", "合计300人", "300人参加", "300名职工", "300名职工参加", "参加人数：300人", "300。")
        ),
        *(
            (text, 300)
            for text in ("300（人）", "300(人次)", "300 人 次", "300人/次", "＿300＿人", "三百", "叁佰", "三〇〇")
        ),
        *(
            (text, 1200)
            for text in ("1,200", "1，200", "１，２００", "1 200", "1　200", "1,200人", "1,200.00", "一千二")
        ),
        ("1,234,567", 1234567),
        ("0", 0),
        ("007", 7),
        ("3万", 30000),
        ("0.3万人", 3000),
        ("2.6亿", 260000000),
        ("1.5千万", 15000000),
        ("3千人", 3000),
        ("2万3千", 23000),
        ("2千500", 2500),
        ("3亿2000万", 320000000),
        ("五十", 50),
        ("十", 10),
        ("十五人", 15),
        ("两百", 200),
        ("二百五十", 250),
        ("二百五", 250),
        ("一百零五", 105),
        ("一千零五十", 1050),
        ("一万零五十", 10050),
        ("一万二", 12000),
        ("两万三千四百五十六", 23456),
        ("三千万", 30000000),
        ("廿", 20),
        ("廿五", 25),
        ("一二〇", 120),
        ("五○", 50),
        ("壹佰贰拾", 120),
        ("19658人/次", 19658),
        ("19658人/次观看", 19658),
        ("120人次", 120),
        ("3家", 3),
        ("２０个", 20),
        ("5场次", 5),
    ],
)
def test_a_number_written_plainly_is_exact_and_free_of_doubt(text: str, number: int) -> None:
    assert written(text) == Understood(number)


@pytest.mark.parametrize(
    "text", ["约300人", "大约300", "300左右", "300人左右", "近300人", "将近300", "~300", "≈300", "不足300人", "300来人"]
)
def test_a_number_about_right_is_approximate(text: str) -> None:
    understood = written(text)
    assert (understood.content, understood.precision, codes(understood)) == (300, "approximate", ("approximate",))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(
            (text, 300)
            for text in ("300余人", "300多", "300多人", "300+", "300＋人", "超300", "超过300人", "300人以上", "≥300")
        ),
        *((text, 300) for text in ("300余", "不少于300人", "300人+", "三百余名职工", "逾300人")),
        ("1.5万余人", 15000),
        ("300余万人次", 3000000),
        ("4300余万人次", 43000000),
        ("300多万", 3000000),
        ("一百二十余人", 120),
        ("百余人", 100),
        ("十多万", 100000),
        ("130余条", 130),
    ],
)
def test_a_number_that_says_and_more_is_a_lower_bound(text: str, number: int) -> None:
    understood = written(text)
    assert (understood.content, understood.precision, codes(understood)) == (number, "at_least", ("at-least",))


@pytest.mark.parametrize(("text", "number"), [("万人", 10000), ("近千人", 1000), ("上百人", 100), ("近2.4万人", 24000)])
def test_a_round_word_is_approximate(text: str, number: int) -> None:
    understood = written(text)
    assert (understood.content, understood.precision) == (number, "approximate")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(
            (text, 200)
            for text in ("200-300人", "200~300", "200～300人", "200至300人", "200人到300人", "200—300", "约200-300人")
        ),
        ("2-3万人", 20000),
        ("9000-1万人", 9000),
        ("两百至三百人", 200),
    ],
)
def test_of_a_range_the_lower_bound_is_taken_with_a_doubt(text: str, number: int) -> None:
    understood = written(text)
    assert (understood.content, understood.precision, codes(understood)) == (number, "approximate", ("range",))


@pytest.mark.parametrize(
    "text",
    [
        "每场50人，共3场",
        "每场50人，共3场，合计150人",
        "每场50人3场",
        "50人/场*3",
        "50人/场×3场",
        "50人×3场",
        "50*3",
        "3场，每场50人",
        "共3场，每场约50人",
        "每次50人，共3次",
        "3场×50人",
        "3场，50人/场",
    ],
)
def test_so_many_a_session_is_multiplied_with_a_doubt(text: str) -> None:
    understood = written(text)
    assert (understood.content, understood.precision, codes(understood)) == (150, "approximate", ("per-session",))


@pytest.mark.parametrize(
    "text",
    [
        "线下120人，线上5000人",
        "线下120人线上5000人",
        "线上5000人，线下120人",
        "120（线下）+5000（线上）",
        "120人（线下）、5000人（线上）",
        "（线下）120\n（线上）5000",
        "现场：120人；直播观看0.5万人次",
        "120人，线上观看5000人次",
        "线下120人，线上5000人，共5120人",
    ],
)
def test_of_two_figures_the_one_on_site_counts_and_the_other_is_kept(text: str) -> None:
    understood = written(text)
    assert (understood.content, understood.extra, codes(understood)) == (120, {"online": 5000}, ("two-figures",))
    assert understood.doubts[0].detail["online"] == "5000"


@pytest.mark.parametrize("text", ["120+80", "120人+80人", "120+80=200", "120+80人", "120 + 50 + 30"])
def test_a_sum_in_a_cell_is_added_up_with_a_doubt(text: str) -> None:
    understood = written(text)
    assert (understood.content, codes(understood)) == (200, ("sum-in-cell",))


@pytest.mark.parametrize(
    "text",
    [
        "300人（其中女职工120人）",
        "300人，其中女职工120人",
        "300人（含线上）",
        "300人含家属",
        "线下300人",
        "线上线下共300人",
        "300（预计）",
    ],
)
def test_a_figure_with_a_remark_is_taken_with_a_doubt(text: str) -> None:
    understood = written(text)
    assert (understood.content, codes(understood)) == (300, ("of-which",))
    assert understood.doubts[0].detail == {
        "shown": text.replace("（", "(").replace("）", ")").replace("，", ","),
        "taken": "300",
    }


@pytest.mark.parametrize("text", ["数百人", "若干", "全体职工", "多名", "几十人", "十几人", "多人", "数十家"])
def test_a_vague_word_gives_no_number(text: str) -> None:
    understood = written(text)
    assert (understood.content, codes(understood)) == (None, ("vague",))


@pytest.mark.parametrize("text", ["无", "/", "／", "—", "——", "-", "〇", "○", "零", "暂无", "（无）", "无。"])
def test_a_declared_none_is_zero(text: str) -> None:
    understood = written(text)
    assert (understood.content, codes(understood)) == (0, ("none-declared",))


@pytest.mark.parametrize(
    "text",
    [
        "1,2000",
        "12,34",
        "0,300",
        "1 2000",
        "300\n200",
        "120、80",
        "120+80=210",
        "300人/3场",
        "男50人，女70人",
        "每场50人",
        "50人/场",
        "3场，300人",
        "3场300人",
        "一",
        "120人+3场",
        "①120",
        "10²",
        "½",
        "第300人",
        "计划300人",
        "未参加300人",
        "女职工300人",
        "2021年",
        "6月15日",
        "300元",
        "300？",
        "1.2E+05",
        "########",
        "3万5",
        "五六人",
        "三四十人",
        "零百",
        "一千零",
        "300-200",
        "五-十万人",
        "2021年开展活动3场",
        "人300",
        "3OO",
        "9" * 18,
        "9" * 5000,
        "四" * 5000,
        "300人" * 100,
    ],
)
def test_what_is_not_wholly_understood_gives_no_number(text: str) -> None:
    understood = written(text)
    assert (understood.content, codes(understood)) == (None, ("not-understood",))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing-value"),
        ("　\xa0\u200b", "missing-value"),
        ("人", "missing-value"),
        ("____人", "missing-value"),
        ("（家）", "missing-value"),
        ("-5", "negative"),
        ("－300人", "negative"),
        ("0.5", "fraction"),
        ("300.5人", "fraction"),
        ("95%", "percent"),
        ("９５％", "percent"),
        ("#REF!", "error-cell"),
        ("#N/A", "error-cell"),
        ('=DISPIMG("ID_1",1)', "picture-in-cell"),
    ],
)
def test_what_is_no_count_says_why(text: str, code: str) -> None:
    understood = written(text)
    assert (understood.content, codes(understood)) == (None, (code,))


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (None, "missing-value"),
        (Cell("#REF!", "error", "#REF!"), "error-cell"),
        (Cell(None, "error", "", formula="=SUM(A1:A3)"), "no-result"),
        (Cell(None, "error", "#REF!"), "error-cell"),
        (Cell("", "text", "", formula='=_xlfn.DISPIMG("ID_1",1)'), "picture-in-cell"),
        (Cell(True, "bool", "TRUE"), "not-understood"),
        (Cell(datetime(2021, 6, 15), "date", "2021-06-15"), "not-understood"),  # noqa: DTZ001 — cells have no zone
        (Cell(float("nan"), "number", ""), "digits-lost"),
        (Cell(1e15, "number", "1E+15"), "digits-lost"),
        (Cell(-3, "number", "-3"), "negative"),
        (Cell(300.5, "number", "300.5"), "fraction"),
        (Cell(0.95, "number", "95%", "0%"), "percent"),
    ],
)
def test_a_cell_that_holds_no_count_says_why(cell: Cell | None, code: str) -> None:
    understood = count(cell)
    assert (understood.content, codes(understood)) == (None, (code,))


def test_a_number_cell_is_taken_as_it_is() -> None:
    assert typed(300) == Understood(300)
    assert typed(300.0) == Understood(300)
    assert typed(0) == Understood(0)
    assert typed(300, "########") == Understood(300)
    assert typed(1200, "1,200.00") == Understood(1200)


def test_the_measure_in_the_header_multiplies_without_binary_noise() -> None:
    assert typed(0.3, measure=TEN_THOUSANDS) == Understood(3000)
    assert typed(0.1 + 0.2, measure=TEN_THOUSANDS) == Understood(3000)
    assert written("0.3", TEN_THOUSANDS) == Understood(3000)
    assert written("0.3余", TEN_THOUSANDS).content == 3000
    assert written("0.2-0.3", TEN_THOUSANDS).content == 2000


def test_a_unit_in_the_cell_wins_over_the_header() -> None:
    assert written("0.3万人", TEN_THOUSANDS) == Understood(3000)
    for text in ("3000人", "3千人", "三千"):
        understood = written(text, TEN_THOUSANDS)
        assert (understood.content, codes(understood)) == (3000, ("measure-conflict",))
    displayed = typed(3000, "3000人", TEN_THOUSANDS, '0"人"')
    assert (displayed.content, codes(displayed)) == (3000, ("measure-conflict",))


@pytest.mark.parametrize(
    "text", ["3家", "4场", "18家企业", "6个单位", "7单位", "250份", "3天", "2批", "9条", "企业18", "2-3场", "4场+2场"]
)
def test_what_counts_something_else_than_the_column_is_asked_about(text: str) -> None:
    understood = written(text, PEOPLE)
    assert (understood.content, codes(understood)) == (None, ("other-unit",))
    assert understood.doubts[0].detail == {"shown": text, "measure": "人"}


@pytest.mark.parametrize(
    ("number", "shown", "number_format"), [(12, "12家", '0"家"'), (4, "共4场", '"共"0"场"'), (9, "9 份", '0" 份"')]
)
def test_what_a_number_format_counts_is_asked_about_too(number: int, shown: str, number_format: str) -> None:
    assert codes(typed(number, shown, PEOPLE, number_format)) == ("other-unit",)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("18家企业", "家"),
        ("6个单位", "家"),
        ("6个工会", "个"),
        ("6家", "个"),
        ("4次", "场"),
        ("4个", "场"),
        ("30个", "人"),
    ],
)
def test_a_unit_that_fits_the_column_changes_nothing(text: str, word: str) -> None:
    assert written(text, Measure(word, 1)).doubts == ()


def test_people_are_no_organisations() -> None:
    assert codes(written("300人", Measure("个", 1))) == ("other-unit",)


def test_times_under_people_are_doubtful() -> None:
    understood = written("40次", PEOPLE)
    assert (understood.content, codes(understood)) == (40, ("measure-conflict",))
    assert understood.doubts[0].detail == {"shown": "40次", "taken": "40", "unit": "次", "measure": "人"}


@pytest.mark.parametrize("text", ["企业职工40人", "工会会员40", "职工40名", "40个人", "全体职工40人", "人数40"])
def test_a_word_beside_the_figure_says_who_is_counted(text: str) -> None:
    assert written(text, PEOPLE) == Understood(40)


@pytest.mark.parametrize("text", ["3场共150人", "共3场，合计150人", "3次，共计150人次"])
def test_a_whole_over_several_sessions_is_taken_with_a_doubt(text: str) -> None:
    understood = written(text, PEOPLE)
    assert (understood.content, codes(understood)) == (150, ("per-session",))


@pytest.mark.parametrize(
    "text", ["40 250", "120 300", "12 345 678", "三五人", "四六十人", "五三", "百八十人", "千八百人", "万八千"]
)
def test_what_may_be_two_figures_or_a_manner_of_speaking_is_asked_about(text: str) -> None:
    understood = written(text)
    assert (understood.content, codes(understood)) == (None, ("not-understood",))


@pytest.mark.parametrize(("text", "number"), [("1.2w", 12000), ("3W人", 30000), ("2k", 2000)])
def test_a_scale_in_latin_letters_is_heard(text: str, number: int) -> None:
    assert written(text, PEOPLE) == Understood(number)


@pytest.mark.parametrize("text", ["300人次", "300人/次", "300人", "300名", "300"])
def test_heads_and_attendances_are_one_kind(text: str) -> None:
    assert written(text, PEOPLE) == Understood(300)


def test_what_a_number_format_displays_is_heard() -> None:
    assert typed(300, "300人", number_format='0"人"') == Understood(300)
    assert typed(300, "300余人", number_format='0"余人"').precision == "at_least"
    assert typed(12345, "1.2万", number_format='0!.0,"万"') == Understood(12345)
    assert codes(typed(3, "3万", number_format='0"万"')) == ("not-understood",)


@pytest.mark.parametrize(
    ("number", "shown"),
    [(4, "400"), (13, "约1300"), (12345, "12"), (40, "40元"), (40, "第40组"), (0.4, "0"), (4, "是"), (1200, "1,2")],
)
def test_a_display_that_is_not_the_stored_number_is_asked_about(number: float, shown: str) -> None:
    assert codes(typed(number, shown)) == ("not-understood",)


@pytest.mark.parametrize(
    ("number", "shown"),
    [(1200, "1,200"), (1200, "¥1,200.00"), (123456, "1.23E+05"), (12345, "12 345"), (7, "  7 "), (0, "-"), (7, "007")],
)
def test_a_display_that_only_adorns_the_stored_number_changes_nothing(number: int, shown: str) -> None:
    assert typed(number, shown) == Understood(number)


@pytest.mark.parametrize(
    ("title", "measure"),
    [
        ("覆盖人数（万人）", Measure("万人", 10000)),
        ("接触职工人数(人)", PEOPLE),
        ("单位：万人", Measure("万人", 10000)),
        ("覆盖职工网民数（万人次）", Measure("万人次", 10000)),
        ("观看量（亿人次）", Measure("亿人次", 10**8)),
        ("线上（万）", Measure("万", 10000)),
        ("参加职工\n（人）\n（必填）", PEOPLE),
        ("走进企业【家】", Measure("家", 1)),
        ("参加/人次", Measure("人次", 1)),
        ("观看（人/次）", Measure("人次", 1)),
        ("合计（人）_线上（万人）", Measure("万人", 10000)),
        ("接触职工人数", None),
        ("活动名称（主题）", None),
        ("", None),
    ],
)
def test_a_header_names_its_measure(title: str, measure: Measure | None) -> None:
    assert measure_of(title) == measure


@pytest.mark.parametrize(
    ("title", "factor"),
    [
        ("观看量（W）", 10000),
        ("观看量（w人次）", 10000),
        ("观看量（万/人次）", 10000),
        ("观看量（单位：万 人）", 10000),
        ("观看量\n万 人次", 10000),
        ("观看量（万余人次）", 10000),
        ("观看量（以万人计）", 10000),
        ("观看量（以千为单位）", 1000),
        ("观看量（线上，万人次）", 10000),
        ("观看量（人（次））", 1),
    ],
)
def test_a_measure_is_known_however_it_is_written(title: str, factor: int) -> None:
    measure = measure_of(title)
    assert measure is not None
    assert (measure.factor, measure.sure) == (factor, True)


@pytest.mark.parametrize("title", ["观看量（人、万人）", "观看量（万元）", "观看量（人）（万人）", "观看量（千字）"])
def test_a_measure_that_is_not_surely_meant_is_asked_about(title: str) -> None:
    measure = measure_of(title)
    assert measure is not None
    understood = written("3", measure)
    assert understood.content in (3, 30000)
    assert codes(understood) == ("measure-unclear",)
    assert written("3万人", measure) == Understood(30000)
    assert written("0", measure) == Understood(0)


@pytest.mark.parametrize("title", ["场地数（含室外）", "参与人数（必填）", "职工人数(wifi登记)", "“千企万人”行动人数"])
def test_words_that_measure_nothing_are_no_measure(title: str) -> None:
    assert measure_of(title) is None


def chinese(number: int) -> str:
    """The numeral as it is read aloud, below 100 000 000."""
    if number >= 10000:
        rest = number % 10000
        return chinese(number // 10000) + "万" + ("零" if 0 < rest < 1000 else "") + (chinese(rest) if rest else "")
    words, gap = "", False
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, scale)
        if digit:
            words += ("零" if gap and words else "") + "零一二三四五六七八九"[digit] + name
        gap = not digit
    return words or "零"


FULL_WIDTH = str.maketrans("0123456789,.", "０１２３４５６７８９，．")
FORMS = (
    lambda n: f"{n}",
    lambda n: f"{n:,}",
    lambda n: f"{n:,}".replace(",", " " if len(f"{n:,}".partition(",")[0]) == 1 else ","),
    lambda n: f"{n:,}".translate(FULL_WIDTH),
    lambda n: f"{n}.0人",
    lambda n: f"{(Decimal(n) / 10000).normalize():f}万人次",
    lambda n: f"共{n}名",
    lambda n: f" {n}\n人 ",
    lambda n: f"{chinese(n)}人",
)


@given(number=st.integers(1, 99_999_999), form=st.sampled_from(FORMS))
def test_a_number_reads_back_from_each_of_its_forms(number: int, form) -> None:
    assert written(form(number)) == Understood(number)


@given(st.integers(0, 10**15 - 1))
def test_a_number_cell_reads_back(number: int) -> None:
    assert typed(number).content == number
    assert typed(float(number)).content == number


CLERKS = st.text(
    alphabet="0123456789.,，、+-*/（）() \n约近超余多人次名家场每共计线上下其中万亿千百十两三〇零○=%~至无几①",
    max_size=60,
)


@given(st.one_of(st.text(max_size=80), CLERKS), st.sampled_from((None, PEOPLE, TEN_THOUSANDS)))
def test_any_text_is_understood_or_doubted(text: str, measure: Measure | None) -> None:
    understood = written(text, measure)
    assert understood.content is None or isinstance(understood.content, int)
    assert understood.content is not None or understood.doubts


@given(st.one_of(st.floats(), st.integers()), st.text(max_size=20))
def test_any_number_is_understood_or_doubted(value: float, shown: str) -> None:
    understood = typed(value, shown, TEN_THOUSANDS)
    assert isinstance(understood.content, int) or understood.doubts


@pytest.mark.parametrize("piece", ["1,", "1 ", "约", "（", "一万", "1+", "线下1，", "每场", "-1", "300人"])
def test_a_long_cell_takes_no_long_time(piece: str) -> None:
    for length in (200, 1000, 32767):
        text = (piece * length)[:length]
        begun = time.process_time()
        written(text)
        assert time.process_time() - begun < max(0.1, length / 10000)
