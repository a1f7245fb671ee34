"""What a reading is made of comes out of the child as it went in."""

import dataclasses
import pickle

from parsers.reading import Value


def test_a_value_is_pickled_with_every_field() -> None:
    value = Value(120, "120人", "统计表", "F4", "inferred")
    unset = [f.name for f in dataclasses.fields(Value) if getattr(value, f.name) in (None, f.default)]
    assert not unset
    assert pickle.loads(pickle.dumps(value)) == value
