"""Answers by many hands, made and written: what is clear is taken as it is meant, and nothing else ever changes."""

from collections import Counter

import pytest

from parsers import replies
from parsers.replies import Resolved
from support.replies import written
from support.replies.generator import answers
from support.replies.table import EMPTY, FINDINGS, FORM, TABLE
from support.replies.truth import QUIET, is_met, wrong_effects

ENOUGH = 0.95
"""Of what is clear; nothing may be wrong at all."""


def outcome(words: str, means: str) -> tuple[Resolved, ...]:
    """What an answer is taken for; a zero report comes where nothing is registered."""
    return replies.resolve(replies.said(words), EMPTY if means == "zero" else TABLE, FORM, FINDINGS)


def figures(corpus: list[tuple[str, str]]) -> tuple[list[str], float, list[str]]:
    """What would change wrongly, the share of clear answers that are taken as meant, and the others."""
    wrong, missed, clear = [], [], Counter[bool]()
    for means, words in corpus:
        found = outcome(words, means)
        met = is_met(means, found)
        if wrong_effects(means, found):
            wrong.append(words)
        if means not in QUIET:
            clear[met] += 1
        if not met:
            missed.append(words)
    return wrong, clear[True] / clear.total(), missed


@pytest.mark.parametrize(("name", "least"), [("sentences.txt", 177), ("more_sentences.txt", 150), ("further.txt", 181)])
def test_written_sentences_are_taken_as_they_are_meant(name: str, least: int) -> None:
    corpus = list(written(name))
    wrong, share, missed = figures(corpus)
    print(f"{name}: {len(corpus)} answers, {share:.1%} of the clear ones met, {len(wrong)} wrong; missed: {missed}")
    assert len(corpus) >= least
    assert wrong == []
    assert share >= ENOUGH


def test_traps_and_their_neighbours_change_nothing_that_is_not_meant() -> None:
    corpus = list(written("traps.txt"))
    assert len(corpus) >= 120
    assert [words for means, words in corpus if wrong_effects(means, outcome(words, means))] == []


@pytest.mark.parametrize("seed", [27, 1, 2, 3, 4, 5])
def test_made_answers_are_taken_as_they_are_meant(seed: int) -> None:
    corpus = [(each.means, each.words) for each in answers(seed)]
    wrong, share, missed = figures(corpus)
    print(
        f"seed {seed}: {len(corpus)} answers, {share:.1%} of the clear ones met, {len(wrong)} wrong; missed: {missed}"
    )
    assert len(corpus) >= 400
    assert wrong == []
    assert share >= ENOUGH


def test_the_made_answers_are_the_same_each_time_and_of_every_kind() -> None:
    assert list(answers(27)) == list(answers(27))
    kinds = {each.kind for each in answers(27)}
    assert kinds >= {"set", "from-to", "short", "delete", "several", "listed", "numbered", "withdraw", "zero", "trap"}


HOSTILE = (
    *(
        "",
        " \n ",
        "，，，",
        "？",
        "1.",
        "1. 2. 3.",
        "第行",
        "第99999999999行改为1",
        "\x00\ufffd\ufffc第5行",
        "“" * 2000,
    ),
    *(
        "改为" * 500,
        "我们" * 2000,
        "好" * 3000,
        "(" * 2000,
        "第5行" * 800,
        "1、" * 900,
        "报" * 150,
        "错" * 150,
        "和" * 150,
    ),
    *("本期" * 70 + "x", "的" * 3000, "没有" * 75 + "x", "更正：" * 50, "1" * 3000, "一" * 150, "请" * 150 + "x"),
)


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_any_words_end_in_a_value_without_an_effect(words: str) -> None:
    found = outcome(words, "nothing")
    assert wrong_effects("nothing", found) == set()
