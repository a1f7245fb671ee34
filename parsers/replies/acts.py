"""Recognizes what a sentence does beside setting a value: it asks, thanks, confirms, deletes, withdraws, reports."""

import re

from parsers.replies.model import Kind, Said
from parsers.replies.sentences import Sentence
from parsers.replies.setting import setting_in
from parsers.replies.targets import refs_in, target_of
from parsers.replies.vocabulary import has, is_all, pattern, trimmed


def of_sentence(sentence: Sentence, kind: Kind, **more: object) -> Said:
    """One thing that a sentence says."""
    return Said(
        kind,
        sentence.raw,
        sentence.start,
        sentence.end,
        number=sentence.number,
        tight=sentence.tight,
        **more,  # type: ignore[arg-type]
    )


def whole(sentence: Sentence) -> tuple[Said, ...] | None:
    """What the sentence is as a whole: a request that the program answers, a question, a condition, mere thanks."""
    text, refs = sentence.text, refs_in(sentence.text)[0]
    bare = [clause.text.strip(" ~.:") for clause in sentence.clauses]
    if all(is_all("courtesy", each) or is_all("acknowledge", each) for each in bare) and not sentence.asked:
        return (of_sentence(sentence, Kind.ACKNOWLEDGE),) if any(is_all("acknowledge", each) for each in bare) else ()
    tail = f"{text}?" if sentence.asked else text
    if has("extend", text) and not has("extend_not", text) and not has("conditional", text):
        day = pattern("day").search(text)
        return (of_sentence(sentence, Kind.EXTEND, words=day[0] if day else ""),)
    rows = [ref for ref in refs if ref.kind != "total"]
    if not rows and not has("conditional", text):
        if has("blank", text):
            return (of_sentence(sentence, Kind.BLANK),)
        if has("status", tail):
            return (of_sentence(sentence, Kind.STATUS),)
        clauses = [clause.text.strip(" .~") for clause in sentence.clauses]
        acts = has("registered_not", text) or has("withdraw", text) or has("delete", text)
        if any(has("registered", each) for each in (text, *clauses)) and not acts:
            return (of_sentence(sentence, Kind.REGISTERED),)
    if sentence.asked or has("asked", text) or has("either", text):
        return (of_sentence(sentence, Kind.QUESTION, words="asked"),)
    if has("conditional", text):
        return (of_sentence(sentence, Kind.QUESTION, words="conditional"),)
    if not rows and has("contact", text):
        return (of_sentence(sentence, Kind.CONTACT),)
    if sentence.begins_line and has("thanks", text) and not rows and _only_thanks(sentence):
        return (of_sentence(sentence, Kind.ACKNOWLEDGE),)
    return None


def _only_thanks(sentence: Sentence) -> bool:
    """Whether a sentence begins with thanks and sets nothing behind them."""
    first, *rest = (clause.text.strip(" .~") for clause in sentence.clauses)
    if not is_all("acknowledge", first):
        return False
    return not any(_acts(clause) for clause in rest)


def _acts(clause: str) -> bool:
    return bool(
        has("setting", clause)
        or has("delete", clause)
        or has("withdraw", clause)
        or has("wrong", clause)
        or is_all("confirm", clause)
        or is_all("zero", clause)
        or refs_in(clause)[0]
        or (setting_in(clause) and not has("thanks", clause) and not re.search("活动|照片", clause))
    )


def act_in(sentence: Sentence, text: str, bare: str, place: int) -> Said | None:
    """The clause as another act than setting a value."""
    for name, kind in (("zero", Kind.ZERO), ("confirm", Kind.CONFIRM)):
        if is_all(name, text) or is_all(name, bare):
            if kind is Kind.ZERO and has("zero_not", sentence.text):
                return of_sentence(sentence, Kind.ASIDE, words="not-all")
            return of_sentence(sentence, kind, words=_reason(sentence) if kind is Kind.ZERO else _scope(text))
    refs, masked = refs_in(text)
    confirmed = pattern("confirm").search(masked)
    if confirmed and confirmed.end() == len(masked.rstrip()) and confirmed.end() > confirmed.start():
        target = target_of(refs, masked[: confirmed.start()])
        if refs and len(masked) <= 30:
            return of_sentence(sentence, Kind.CONFIRM, target=target)
    if not refs and has("whole", text) and has("withdraw", text):
        rest = re.sub(rf"{pattern('withdraw').pattern}|{pattern('withdraw_fill').pattern}", "", text)
        rest = trimmed("filler", trimmed("opening", rest))
        if not rest and not has("instead", sentence.text):
            return of_sentence(sentence, Kind.WITHDRAW)
        return of_sentence(sentence, Kind.UNCLEAR, words="withdraw")
    if not refs and is_all("withdraw", bare) and any(has("whole", clause.text) for clause in sentence.clauses):
        return of_sentence(sentence, Kind.WITHDRAW if not has("instead", sentence.text) else Kind.UNCLEAR)
    if has("delete", text) and not pattern("setting").search(masked):
        rest = pattern("delete").sub(" ", masked)
        rest = pattern("delete_fill").sub(" ", rest)
        return of_sentence(sentence, Kind.DELETE, target=target_of(refs, without_fault(rest).strip()))
    return None


def _scope(text: str) -> str:
    return "rest" if has("confirm_rest", text) else ""


def _reason(sentence: Sentence) -> str:
    """Why there was nothing to report, in the writer's words; "" where no reason is told."""
    for clause in sentence.clauses:
        if found := pattern("reason").search(clause.text):
            told = sentence.raw[clause.start - sentence.start + found.start("r") : clause.end - sentence.start]
            told = re.split("[,，]", told)[0].strip(" 。.!！,，")
            if not is_all("zero", told) and told:
                return re.sub(pattern("reason_end"), "", told).strip()
    return ""


def without_fault(masked: str) -> str:
    """The words before those for a fault: 第5行人数填错了 speaks of 第5行人数."""
    shorter = masked
    for _ in range(3):
        cut = trimmed("wrong", shorter.rstrip(" ,"), left=False)
        if cut == shorter:
            break
        shorter = cut
    return shorter
