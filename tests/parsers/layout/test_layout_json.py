"""A layout as JSON tells it."""

import json

from parsers.layout import as_json
from support.drawings import layout


def test_json_names_each_table_with_the_roles_of_its_cells() -> None:
    told = as_json(layout("活动统计表 | <\n活动名称 | 人数\n知识竞赛 | 30\n主题演讲 | 40\n合计 | 70"))
    assert told == {
        "name": "表",
        "tables": [
            {
                "range": "A1:B5",
                "shape": "list",
                "cells": {
                    "A1": "title",
                    "A2": "column-header",
                    "B2": "column-header",
                    "A3": "row-header",
                    "B3": "data",
                    "A4": "row-header",
                    "B4": "data",
                    "A5": "total",
                    "B5": "total",
                },
            }
        ],
    }
    assert json.loads(json.dumps(told)) == told


def test_json_of_a_signature_tells_labels_from_values() -> None:
    told = as_json(layout("序号 | 名称\n1 | 竞赛\n2 | 演讲\n填表人： | 某某"))
    assert told["tables"][0]["cells"]["A4"] == "block-label"
    assert told["tables"][0]["cells"]["B4"] == "block-value"
