"""Reads what an answer says: sentence by sentence, clause by clause, each as one kind of act or as nothing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from parsers.replies.acts import act_in, of_sentence, whole, without_fault
from parsers.replies.manner import Manner, manner_of
from parsers.replies.model import NOTHING, Kind, Reading, Said, Target
from parsers.replies.objection import objects
from parsers.replies.sentences import Clause, Sentence, sentences
from parsers.replies.setting import cleaned, is_value, setting_in
from parsers.replies.targets import refs_in, target_of
from parsers.replies.vocabulary import has, is_all, pattern, trimmed

MOST_WORDS = 4_000
"""Characters of an answer that are read; what is longer is no answer but a document."""
_LONGEST = 160
"""Characters of a clause; a longer one is prose that sets nothing."""
_MOST_SAID = 200


def said(words: str) -> tuple[Said, ...]:
    """What an answer says, in the order of its sentences. Total.

    `words` are the writer's own alone: without quoted or forwarded mail, signature and struck-out text, with its lines
    as they were. Greetings and thanks beside something else say nothing; an answer of which nothing is understood
    gives UNCLEAR, an empty one gives nothing.
    """
    found: list[Said] = []
    reader = _Reader(objects(words[:MOST_WORDS]))
    for sentence in sentences(words[:MOST_WORDS]):
        reader.read(sentence, found)
        if len(found) > _MOST_SAID:
            break
    reader.close(found)
    return tuple(_without_idle_thanks(found))


def _without_idle_thanks(found: Sequence[Said]) -> Iterator[Said]:
    """Thanks are said once, and only where nothing else is."""
    others = [each for each in found if each.kind is not Kind.ACKNOWLEDGE]
    yield from others or found[:1]


@dataclass(slots=True)
class _Reader:
    """Reads one sentence after another; `topic` is what was spoken of without a value yet, in `topic_of`."""

    objected: bool
    topic: Target = NOTHING
    topic_of: tuple[str, int, int] = ("", 0, 0)
    topic_at: int = 0
    """How much had been said before."""
    before: Target = NOTHING
    old: str = ""

    def read(self, sentence: Sentence, found: list[Said]) -> None:
        """Add what a sentence says."""
        if self.objected:
            self.objected = False
            found.append(of_sentence(sentence, Kind.OBJECT))
            return
        if _is_taken_back(sentence):
            self._take_back(sentence, found)
            return
        at_once = whole(sentence)
        if at_once is not None:
            self._leave(found)
            found.extend(at_once)
            return
        held = has("held_back", sentence.text)
        here = len(found)
        for place, clause in enumerate(sentence.clauses):
            self._clause(sentence, clause, place, held, found, here)
        if not any(each.kind is Kind.SET for each in found[here:]) and not self.topic:
            self.before, self.old = NOTHING, ""

    def close(self, found: list[Said]) -> None:
        """Add what was spoken of and never said."""
        self._leave(found)

    def _leave(self, found: list[Said]) -> None:
        if self.topic:
            sentence, start, end = self.topic_of
            found.insert(self.topic_at, Said(Kind.UNCLEAR, sentence, start, end, target=self.topic))
        self.topic, self.before, self.old = NOTHING, NOTHING, ""

    def _speak_of(self, target: Target, sentence: Sentence, found: list[Said]) -> None:
        if not self.topic:
            self.topic_at = len(found)
        self.topic, self.topic_of = target, (sentence.raw, sentence.start, sentence.end)

    def _take_back(self, sentence: Sentence, found: list[Said]) -> None:
        """A sentence of its own that takes back: nothing before it holds; of several nobody knows which."""
        effects = [at for at, each in enumerate(found) if each.kind in _EFFECTS]
        kind = Kind.ASIDE if len(effects) <= 1 else Kind.UNCLEAR
        for at in effects:
            found[at] = replace(found[at], kind=kind, words="taken-back")
        found.append(of_sentence(sentence, Kind.ASIDE, words="taken-back"))
        self.topic, self.before = NOTHING, NOTHING

    def _clause(self, sentence: Sentence, clause: Clause, place: int, held: bool, found: list[Said], here: int) -> None:
        text = pattern("heading").sub("", clause.text.strip(" .。~"), count=1).rstrip(":")
        if not text:
            return
        bare = trimmed("opening", text, right=False) or text
        is_gone = any(each.kind is Kind.WITHDRAW for each in found[here:])
        if place and is_all("taken_back", text) and not is_gone:
            for at in range(here, len(found)):
                if found[at].kind in _EFFECTS:
                    found[at] = replace(found[at], kind=Kind.ASIDE, words="taken-back")
            return
        if len(text) > _LONGEST:
            found.append(of_sentence(sentence, Kind.UNCLEAR))
            return
        if is_all("acknowledge", text) or is_all("acknowledge", bare):
            found.append(of_sentence(sentence, Kind.ACKNOWLEDGE))
            return
        if is_all("courtesy", text) or is_all("courtesy", bare):
            return
        manner = Manner.HELD_BACK if held else manner_of(text)
        act = act_in(sentence, text, bare, place) if manner not in (Manner.DENIED,) else None
        if act is not None:
            effect = act.kind in _EFFECTS and (act.kind in (Kind.DELETE,) or manner is not Manner.HELD_BACK)
            if manner and effect and not (manner is Manner.INTENDED and act.kind is Kind.WITHDRAW and "再" in text):
                act = replace(act, kind=Kind.ASIDE, words=str(manner))
            if act.kind is Kind.DELETE and not act.target and found[here:] and found[-1].kind is Kind.DELETE:
                return  # 第8行不要了，麻烦删除
            if act.kind is Kind.DELETE and not act.target:
                act = replace(act, context=self.topic or self.before)
            if act.kind is Kind.DELETE and self.topic:
                self.topic = NOTHING
            found.append(act)
            return
        self._set(sentence, text, manner, found, here)

    def _set(self, sentence: Sentence, text: str, manner: Manner | None, found: list[Said], here: int) -> None:
        if is_all("reason", text) and any(each.kind in (Kind.ZERO, Kind.WITHDRAW) for each in found[here:]):
            return
        masked = refs_in(text)[1]
        faulty = without_fault(masked) != masked and not has("setting", masked)
        setting = None if faulty else setting_in(text)
        if manner:
            refs, masked = refs_in(text)
            if refs or setting or has("setting", masked) or not has("reason", text):
                found.append(of_sentence(sentence, Kind.ASIDE, words=str(manner), target=target_of(refs, masked)))
            self.before = NOTHING
            return
        if setting and setting.readings:
            self._add(sentence, found, setting.readings, setting.each)
            return
        if setting and setting.old:
            last = found[-1] if found else None
            if last and last.kind is Kind.SET and not setting.target and last.start == sentence.start:
                found[-1] = replace(last, old=setting.old)
                return
            self.old = setting.old
            if setting.target:
                self._speak_of(setting.target, sentence, found)
            return
        if self._is_bare_value(text):
            if self.topic:
                self._add(sentence, found, (Reading(NOTHING, (cleaned(text),)),), False)
                return
            if sentence.number is not None:
                found.append(of_sentence(sentence, Kind.NUMBERED, values=(cleaned(text),)))
                return
            if is_value(text) and any(each.kind in (Kind.SET, Kind.ASIDE) for each in found[here:]):
                found[here:] = [_held(each) for each in found[here:]]  # 95，不，96
                found.append(of_sentence(sentence, Kind.UNCLEAR, words="taken-back"))
                return
            if is_value(text):
                self._add(sentence, found, (Reading(NOTHING, (cleaned(text),)),), False)
                return
        self._other(sentence, text, found)

    def _is_bare_value(self, text: str) -> bool:
        if self.topic and re.fullmatch('[“"].{1,60}[”"]', text):
            return True
        return is_value(text) or is_value(cleaned(trimmed("opening", text, right=False)))

    def _add(self, sentence: Sentence, found: list[Said], readings: tuple[Reading, ...], each: bool) -> None:
        first, *others = readings
        target = first.target
        open_context = bool(self.topic)
        context = self.topic or self.before
        found.append(
            of_sentence(
                sentence,
                Kind.SET,
                target=target,
                context=context,
                open_context=open_context,
                values=first.values,
                old=first.old or self.old,
                each=each,
                otherwise=tuple(others),
            )
        )
        self.before = Target(target.refs or context.refs, target.words or context.words) if target else context
        if target and not target.refs and context.refs:
            self.before = Target(context.refs, target.words)
        self.topic, self.old = NOTHING, ""

    def _other(self, sentence: Sentence, text: str, found: list[Said]) -> None:
        """A clause that sets nothing: what the next ones speak of, an item of a list, a reason, or nobody knows."""
        if is_all("reason", text) and not refs_in(text)[0]:
            return
        if has("reason", text) and not self.topic and re.match(r"(因|由于|受)", text) and not refs_in(text)[0]:
            return
        if is_all("wrong", text) or is_all("wrong", trimmed("opening", text, right=False)):
            return
        refs, masked = refs_in(text)
        spoken = without_fault(masked)
        target = target_of(refs, spoken)
        if sentence.number is not None and not refs and len(sentence.clauses) == 1:
            found.append(of_sentence(sentence, Kind.NUMBERED, values=(cleaned(text),)))
            return
        if refs or spoken != masked:
            if self.topic and not refs:
                target = Target(self.topic.refs, (*self.topic.words, *target.words))
            self._speak_of(target or self.topic, sentence, found)
            return
        if self.topic and len(target.words) == 1 and len(target.words[0]) <= 12:
            self.topic = Target(self.topic.refs, (*self.topic.words, *target.words))
            return
        if target and len(text) <= 32 and len(sentence.clauses) > 1 and not _is_prose(text):
            self._speak_of(target, sentence, found)
            return
        if target:
            found.append(of_sentence(sentence, Kind.UNCLEAR))


def _held(said: Said) -> Said:
    return replace(said, kind=Kind.ASIDE, words="taken-back") if said.kind is Kind.SET else said


def _is_prose(text: str) -> bool:
    return bool(re.search("我|您|你|了$", text))


_EFFECTS = (Kind.SET, Kind.NUMBERED, Kind.DELETE, Kind.WITHDRAW, Kind.ZERO)


def _is_taken_back(sentence: Sentence) -> bool:
    clauses = [clause.text.strip() for clause in sentence.clauses]
    return all(is_all("taken_back", c) or is_all("courtesy", c) for c in clauses) and any(
        is_all("taken_back", c) for c in clauses
    )
