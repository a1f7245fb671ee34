"""Whether a form explains a table, or only shares words with it that any table has: names, days, places, remarks."""

import re

from parsers.forms.fields import Header, Named
from parsers.forms.form import Column, Form
from parsers.forms.labels import keys

_ANYBODYS = re.compile(
    "名称|全称|名|主题|题目|标题|项目|事项|时间|日期|年月日|地点|地址|场所|场地|位置|区域|所在地|内容|情况|简介|说明|描述|概况|"
    "类型|类别|形式|方式|种类|分类|备注|附注|序号|编号|单位|部门|数量|人数|总数|合计|总计|次数|家数|个数|数|量|"
    "工作|人员|负责人|开始|结束|起止|起始|终止|截止|发生|实际|具体|详细|主要|基本|有关|相关|本次|本|所|的|及|和|与"
)
"""Words of labels that say nothing of what a table is about."""
_LEAST = 2


def explains(header: Header, form: Form, *, titled: bool) -> bool:
    """Whether the form's own words name the columns: two that are its own, and most of what every row must have.

    A table under the form's title is one of the form's (`titled`), whatever its columns are called.
    """
    if titled:
        return True
    fields = {column.field: column for column in form.column}
    known = {**{f: (named,) for f, named in header.columns.items()}, **header.rivals}
    own = sum(any(_is_own(fields[field], named) for named in several) for field, several in known.items())
    if header.layout(form) == "summary":
        return own >= _LEAST
    must = [column.field for column in form.column if column.need == "must"]
    lacking = sum(field not in known for field in must)
    return (own >= _LEAST and lacking <= 1) or (own > 0 and not lacking)


def _is_own(column: Column, named: Named) -> bool:
    """Whether a label names more than the kind of what stands under it; a day is a day in any table."""
    if column.kind in ("days", "number"):
        return False
    return any(_ANYBODYS.sub("", shape) for shape in keys(named.label)[-1:])
