"""How a number is displayed under a number format code."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from parsers.values.number_format.codes import AS_IS, PLAIN, Section, is_invisible, literal, section_for, sections_of

_EXACT = Context(prec=600)


def shown_number(number: float, code: str | None) -> str:
    """The text that a cell displays for a number; as under General where the code shows a date or is not understood."""
    if not math.isfinite(number):
        return str(number)
    if code in PLAIN:
        return _general(number)
    tokens, signed = section_for(number, sections_of(code))
    if is_invisible(tokens):
        return ""
    kinds = {kind for kind, _ in tokens}
    marks = {text for kind, text in tokens if kind == "plain"}
    if "general" in kinds or (marks & {"@", "/"} and "clock" not in kinds):
        plain = _general(abs(number) if signed else number)
        if "/" in marks:
            return plain
        return "".join(
            plain if kind == "general" or (kind, text) == AS_IS else literal(kind, text) for kind, text in tokens
        )
    if "exponent" in kinds:
        return _scientific(number, tokens)
    if kinds & {"clock", "half", "elapsed"}:
        return _general(number)
    if not marks & set("0#?"):
        return "".join(literal(*token) for token in tokens)
    return _pattern(number, tokens, signed=signed)


def _general(number: float) -> str:
    """As under General, but with every digit that the number has: programs cut at the width of the cell."""
    if isinstance(number, int) and abs(number) < 10**15:
        return str(number)
    if number == 0:
        return "0"
    if 1e-9 <= abs(number) < 1e15:
        text = format(Decimal(f"{number:.15g}"), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa, exponent = f"{number:.14e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}"


def _scientific(number: float, tokens: Section) -> str:
    before = "".join(text for kind, text in tokens if kind == "plain")
    mantissa, exponent = f"{number:.{len(before.partition('.')[2])}E}".split("E")
    return f"{mantissa}E{exponent}"


@dataclass(frozen=True, slots=True)
class _Digits:
    """A number cut to a pattern: its digits, and how the pattern wants them."""

    whole: str
    fraction: str
    grouped: bool
    negative: bool


def _pattern(number: float, tokens: Section, *, signed: bool) -> str:
    slots = [text for kind, text in tokens if kind == "plain" and text in "0#?.,%"]
    digits = _cut(number, "".join(slots))
    sign = "-" if digits.negative and not signed else ""
    return sign + "".join(_filled(tokens, digits))


def _cut(number: float, slots: str) -> _Digits:
    whole_slots, _, fraction_slots = slots.replace("%", "").partition(".")
    thousands = len(whole_slots) - len(whole_slots.rstrip(",")) if not fraction_slots.strip(",") else 0
    thousands = thousands or len(fraction_slots) - len(fraction_slots.rstrip(","))
    fraction_slots = fraction_slots.replace(",", "")
    exact = Decimal(f"{number:.15g}").scaleb(2 * slots.count("%") - 3 * thousands, _EXACT)
    rounded = exact.copy_abs().quantize(Decimal(1).scaleb(-len(fraction_slots)), ROUND_HALF_UP, _EXACT)
    whole, _, fraction = format(rounded, "f").partition(".")
    optional = len(fraction_slots) - len(fraction_slots.rstrip("#"))
    kept = fraction[: len(fraction) - optional] + fraction[len(fraction) - optional :].rstrip("0")
    minimum = whole_slots.count("0")
    return _Digits(
        whole.lstrip("0").rjust(minimum, "0"), kept, "," in whole_slots.rstrip(","), bool(exact < 0 and rounded)
    )


def _filled(tokens: Section, digits: _Digits) -> Iterator[str]:
    """The tokens one by one: the first digit slot takes all digits that the later ones have no room for."""
    point = next((i for i, token in enumerate(tokens) if token == ("plain", ".")), len(tokens))
    slots_left = sum(kind == "plain" and text in "0#?" for kind, text in tokens[:point])
    whole, fraction = digits.whole, digits.fraction
    for i, (kind, text) in enumerate(tokens):
        if kind != "plain" or text not in "0#?.,":
            yield literal(kind, text)
        elif text == ".":
            yield "."
        elif text in "0#?" and i < point:
            slots_left -= 1
            take = max(len(whole) - slots_left, 0)
            yield _grouped(whole[:take], len(whole)) if digits.grouped else whole[:take]
            whole = whole[take:]
        elif text in "0#?":
            yield fraction[:1]
            fraction = fraction[1:]


def _grouped(part: str, left: int) -> str:
    """Digits with a comma after each with a multiple of three still to come; `left` counts from the first."""
    pieces = []
    for i, digit in enumerate(part):
        to_come = left - i - 1
        pieces.append(digit + ("," if to_come and to_come % 3 == 0 else ""))
    return "".join(pieces)
