"""All rules, in the order in which they speak.

First, a line's words or its emptiness may say for certain what it is: the first rule that speaks is believed. Where
none does, the weighing rules all speak, and the sequence of readings that fits best as a whole is believed
(sequence.py). Then a line's place in its table may give it another role. Then rules say what each cell is, and last
what shape the table has: again the first that speaks is believed.

A rule is its function, in one of the modules beside this one, with an entry here: the sentence that staff are told, and
the example that its test runs. The function's docstring is its reason. Rules made of words take them from words.toml.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from parsers.layout import certain, heading, marking, placing, shapes, weighed
from parsers.layout.claims import Claim, Reading
from parsers.layout.marking import Told
from parsers.layout.model import CellRole, LineRole, Shape
from parsers.layout.placing import Above
from parsers.layout.table import Table
from parsers.layout.views import View

S = TypeVar("S", bound=Callable[..., object], covariant=True)
Stage = Literal["certain", "weighed", "placed", "cell", "shape"]


@dataclass(frozen=True, slots=True)
class Example:
    """A small sheet (pictures.py), and what the rule says in it: of a line by its number, a cell by its address, or,
    where `at` is empty, of the table."""

    picture: str
    at: int | str
    gives: LineRole | CellRole | Shape


@dataclass(frozen=True, slots=True)
class Rule(Generic[S]):
    """`says` is the reason in words for staff; a docstring of the function says it in English."""

    stage: Stage
    speak: S
    says: str
    example: Example

    @property
    def name(self) -> str:
        return self.speak.__name__.replace("_", " ")

    @property
    def reason(self) -> str:
        return self.speak.__doc__ or ""


OfLine = Callable[[View], Claim | None]
OfPlace = Callable[[Reading, Above], LineRole | None]
OfLines = Callable[[Table], bool]
OfCells = Callable[[Table], Told]
OfTable = Callable[[Table], Shape | None]

_LIST = """
序号 | 名称     | 日期      | 人数
1    | 知识竞赛 | 2021-06-01 | 30
2    | 主题演讲 | 2021-06-02 | 40
"""

_RECORDS = """
设备名称 | 生产日期 | 主要参数 | <
一号机   | 2011-04  | 型号     | CW23
^        | ^        | 额定电压 | 234kV
^        | ^        | 重量     | 20kg
"""
_PAIRS = """
队伍名称 | 护河队 | 成立日期 | 2018-09-29
联系人   | 某某   | 联系电话 | 12345
"""
_LONG = "请各单位于每月五日前将本表加盖公章后报送到办公室，逾期不报的按未开展活动处理；" * 2

CERTAIN: tuple[Rule[OfLine], ...] = (
    Rule(
        "certain",
        certain.blank,
        "整行为空，或只有空白的合并格",
        Example("名称 | 人数\n甲村 | 3\n     | <\n乙村 | 5", 3, "blank"),
    ),
    Rule(
        "certain",
        certain.note,
        "整行只有一段文字，以“注”“说明”等开头",
        Example("名称 | 人数\n甲村 | 3\n乙村 | 5\n注：按户籍统计。 | <", 4, "note"),
    ),
    Rule(
        "certain",
        certain.note_with_figures,
        "行首的一段文字以“注：”“说明：”等开头，后面只有它所说的数字",
        Example(f"{_LIST}注：人数为估计数 | | | 70", 4, "note"),
    ),
    Rule(
        "certain",
        certain.nothing_below,
        "整行只有“以下空白”“以下无正文”等字样，表示下面没有内容",
        Example(f"{_LIST}以下空白 | < | < | <", 4, "note"),
    ),
    Rule(
        "certain",
        certain.numbering,
        "标题下的一行是栏次：1、2、3……或甲、乙、1、2……",
        Example(
            "指标 | 单位 | 本月 | 累计\n甲 | 乙 | 1 | 2\n检查数 | 次 | 20 | 85\n整改数 | 项 | 7 | 31", 2, "numbering"
        ),
    ),
    Rule(
        "certain",
        certain.measure,
        "标题下的一行全是计量单位",
        Example("单位名称 | 参加人数 | 经费\n | 人 | 万元\n甲村 | 30 | 2.5\n乙村 | 12 | 1.5", 2, "measure"),
    ),
    Rule(
        "certain",
        certain.labelled_texts,
        "各格都是“标签：内容”的写法",
        Example(f"填报单位：甲村 | < | 填报人：某某 | <{_LIST}", 1, "block"),
    ),
    Rule(
        "certain",
        certain.named_signers,
        "填表人、审核人等，后面是姓名",
        Example(f"填表人 | 某甲 | 审核人 | 某乙{_LIST}", 1, "signature"),
    ),
    Rule("certain", certain.total, "行首是“合计”等", Example(f"{_LIST}合计 | | | 70", 4, "total")),
    Rule(
        "certain",
        certain.subtotal,
        "行首是“小计”等",
        Example(f"{_LIST}小计 | | | 70\n3 | 志愿服务 | 2021-06-03 | 5", 4, "subtotal"),
    ),
    Rule(
        "certain",
        certain.part,
        "行首是“其中”：数字包含在上面的行里",
        Example("指标 | 本月 | 累计\n排查数 | 20 | 85\n其中：重大 | 2 | 9\n整改数 | 18 | 70", 3, "part"),
    ),
    Rule(
        "certain",
        certain.example,
        "写明是示例",
        Example("序号 | 名称 | 人数\n例 | 示例：读书会 | 30\n1 | 知识竞赛 | 40\n2 | 主题演讲 | 25", 2, "example"),
    ),
)

WEIGHED: tuple[Rule[OfLine], ...] = (
    Rule("weighed", weighed.title, "表格上方单独一行文字", Example(f"活动统计表 | < | < | <{_LIST}", 1, "title")),
    Rule(
        "weighed",
        weighed.section,
        "横跨表格的一行文字，下面各行归它",
        Example(f"{_LIST}（二）线上活动 | < | < | <\n3 | 志愿服务 | 2021-06-03 | 5", 4, "section"),
    ),
    Rule(
        "weighed",
        weighed.long_note,
        "单独一行的长段文字",
        Example(
            f"{_LIST}{_LONG} | < | < | <",
            4,
            "note",
        ),
    ),
    Rule("weighed", heading.heading, "整行像栏目名，与下面的内容不同", Example(_LIST, 1, "header")),
    Rule(
        "weighed",
        weighed.pairs,
        "标签后面跟着内容",
        Example(_PAIRS, 1, "data"),
    ),
    Rule(
        "weighed",
        weighed.nested,
        "左侧合并格旁边，另有标签和内容",
        Example(
            _RECORDS,
            3,
            "data",
        ),
    ),
    Rule(
        "weighed",
        weighed.inner_heading,
        "左侧合并格旁边，开始一个小表的标题",
        Example(
            "设备名称 | 生产厂家 | 主要参数 | < | <\n一号机 | 某某公司 | 参数名称 | 计量单位 | 规格\n"
            "^ | ^ | 长度 | mm | 850\n^ | ^ | 宽度 | mm | 600",
            2,
            "data",
        ),
    ),
    Rule("weighed", weighed.data, "整行像填写的内容", Example(_LIST, 2, "data")),
)

PLACED: tuple[Rule[OfPlace], ...] = (
    Rule(
        "placed",
        placing.header_again,
        "与表格的标题行相同，是重复的标题",
        Example(f"{_LIST}序号 | 名称 | 日期 | 人数\n3 | 志愿服务 | 2021-06-03 | 5", 4, "header again"),
    ),
    Rule(
        "placed",
        placing.lower_level,
        "标题行的下一层：分开上面的栏目名",
        Example(
            "名称 | 日期 | 人数\n | | 男 | 女\n知识竞赛 | 2021-06-01 | 30 | 20\n主题演讲 | 2021-06-02 | 12 | 9",
            2,
            "header",
        ),
    ),
    Rule(
        "placed",
        placing.signature,
        "表格下面的签名、负责人等",
        Example(f"{_LIST}单位负责人：某某 | < | 填表人：某某 | <", 4, "signature"),
    ),
)

BLOCK_ABOVE: Rule[OfLines] = Rule(
    "placed",
    placing.block_above,
    "标题行上方的填报单位、填报人等",
    Example(f"填报单位 | 甲县乙镇人民政府 | 联系电话 | 12345678{_LIST}", 1, "block"),
)

UNHEADED: Rule[OfLines] = Rule(
    "placed",
    placing.unheaded,
    "没有列名，每行开头的文字是标签",
    Example("单位名称 | 甲公司 | 乙公司\n注册地 | 天津市 | 北京市\n负责人 | 张某 | 李某", 2, "data"),
)

CELLS: tuple[Rule[OfCells], ...] = (
    Rule(
        "cell",
        marking.figure_under_label,
        "标题行里，标签正下方的数字是它的内容",
        Example(
            "商品编号 | 主体 | < | <\n10001911 | 机型 | 上市日期 | 颜色\n | A2223 | 2019-09-11 | 黑色", "A2", "data"
        ),
    ),
    Rule(
        "cell",
        marking.label_and_value,
        "标签和内容相邻",
        Example(_PAIRS, "C1", "block-label"),
    ),
    Rule(
        "cell",
        marking.inner_labels,
        "合并格旁边的小标签",
        Example(
            _RECORDS,
            "C3",
            "row-header",
        ),
    ),
    Rule(
        "cell",
        marking.key_columns,
        "最左边的文字是这一行的名称",
        Example("指标 | 本月 | 累计\n排查数 | 20 | 85\n整改数 | 18 | 70", "A2", "row-header"),
    ),
    Rule(
        "cell",
        marking.second_half,
        "一张表折成左右两半，右半也有名称",
        Example(
            "名称 | 单价 | 数量 | 名称 | 单价 | 数量\n钢笔 | 12 | 3 | 水杯 | 8 | 5\n本子 | 5 | 40 | 台灯 | 60 | 1",
            "D2",
            "row-header",
        ),
    ),
    Rule(
        "cell",
        marking.total_word,
        "“合计”等字样",
        Example("项目 | 现金 | 存款 | 合计\n年末数 | 20 | 85 | 105\n币种 | 人民币 | 人民币 | 合计", "D3", "total"),
    ),
    Rule("cell", marking.by_line, "与所在的行相同", Example(_LIST, "C1", "column-header")),
)

SHAPES: tuple[Rule[OfTable], ...] = (
    Rule(
        "shape",
        shapes.one_value_a_line,
        "每行一个标签，后面是几条记录各自的内容",
        Example("单位名称 | 甲公司 | 乙公司\n注册地 | 天津市 | 北京市\n负责人 | 张某 | 李某", "", "transposed"),
    ),
    Rule(
        "shape",
        shapes.label_before_value,
        "标签和内容成对排列",
        Example(_PAIRS, "", "pairs"),
    ),
    Rule(
        "shape",
        shapes.alike_along_lines,
        "同一行的内容是同一类，同一列的不是：一列一条记录",
        Example(
            "活动名称 | 竞赛活动 | 演讲活动 | 宣传活动\n开始日期 | 2021-06-01 | 2021-06-02 | 2021-06-03\n"
            "参加人数 | 30 | 40 | 50",
            "",
            "transposed",
        ),
    ),
    Rule(
        "shape",
        shapes.named_lines_of_figures,
        "每行有名称，其余都是数字：固定的行和列",
        Example("指标 | 本月 | 累计\n排查数 | 20 | 85\n整改数 | 18 | 70", "", "matrix"),
    ),
    Rule("shape", shapes.lines_under_labels, "标题下面逐行填写", Example(_LIST, "", "list")),
    Rule("shape", shapes.anything_else, "其他", Example("序号 | 名称 | 日期 | 人数", "", "other")),
)

RULES: tuple[Rule[Callable[..., object]], ...] = (*CERTAIN, *WEIGHED, *PLACED, BLOCK_ABOVE, UNHEADED, *CELLS, *SHAPES)
