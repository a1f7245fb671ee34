"""Names are found in a text as a look at each of them would find them, and what that costs does not grow with them."""

from hypothesis import given
from hypothesis import strategies as st

from mailbot.campaigns.name_index import NameIndex
from support.steps import steps

LETTERS = st.text("新港街镇一二", max_size=6)


@given(st.frozensets(LETTERS.filter(bool)), st.text("新港街镇一二三", max_size=12))
def test_every_place_of_every_name_is_found(names: frozenset[str], text: str) -> None:
    found = {(start, end, text[start:end]) for start in range(len(text)) for end in range(start + 1, len(text) + 1)}
    assert sorted(NameIndex(dict.fromkeys(names)).inside(text)) == sorted(spot for spot in found if spot[2] in names)


@given(st.lists(LETTERS.filter(bool), unique=True), LETTERS.filter(lambda text: len(text) >= 2))
def test_the_names_around_a_text_come_in_their_order(names: list[str], text: str) -> None:
    assert NameIndex(dict.fromkeys(names)).around(text) == [name for name in names if text in name]


def test_a_question_costs_the_same_among_many_names_as_among_few() -> None:
    def asked(number: int) -> int:
        index = NameIndex({f"{chr(0x4E00 + n // 100)}{chr(0x5E00 + n % 100)}街总工会": n for n in range(number)})
        list(index.inside("一")), index.around("一帀")  # what is made once
        return steps(lambda: (list(index.inside("报送：一帀街总工会")), index.around("一帀")), "campaigns")

    assert asked(5_000) == asked(50)
