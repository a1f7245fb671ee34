"""Converts Chinese numerals, alone or mixed with figures, to numbers: 一千零五十, 1.5万, 2万3千, 二〇二一."""

from collections.abc import Sequence
from decimal import Decimal

DIGITS = dict(zip("〇一二三四五六七八九", range(10), strict=True)) | {"零": 0, "○": 0, "两": 2}
SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬億兩幺", "一二三四五六七八九十百千万亿两一")

Item = Decimal | str
"""A figure, or one character of DIGITS or SCALES."""


def is_whole(number: Decimal) -> bool:
    """Whether it has no fraction, however long it is."""
    return number == number.to_integral_value()


def everyday(text: str) -> str:
    """The text with the numerals of cheques, traditional ones, 廿 and 卅 as the everyday ones."""
    return text.translate(_FORMAL).replace("廿", "二十").replace("卅", "三十")


def value(items: Sequence[Item]) -> Decimal | None:
    """The number that the items write; None where they do not write exactly one (七八十, 3万5)."""
    if not items:
        return None
    if all(item in DIGITS for item in items):
        return _digit_by_digit([DIGITS[str(item)] for item in items])
    fractions = [item for item in items if isinstance(item, Decimal) and not is_whole(item)]
    if fractions and not (items[0] is fractions[0] and all(item in SCALES for item in items[1:])):
        return None
    return _large(items)


def _digit_by_digit(digits: Sequence[int]) -> Decimal | None:
    """二〇二一; but 五六 is "five or six"."""
    if len(digits) == 2 and 0 < digits[0] == digits[1] - 1:
        return None
    return Decimal("".join(map(str, digits)))


def _large(items: Sequence[Item]) -> Decimal | None:
    """What has 亿 or 万, split there."""
    for scale in ("亿", "万"):
        if scale in items:
            at = items.index(scale)
            many = _large(items[:at]) if at else Decimal(1)
            rest = _rest(items[at + 1 :], SCALES[scale])
            return None if many is None or rest is None else many * SCALES[scale] + rest
    return _small(items)


def _rest(items: Sequence[Item], scale: int) -> Decimal | None:
    """What follows a scale: nothing, 零 and a smaller number, or one digit of the next scale (一万二 is 12000)."""
    if not items:
        return Decimal(0)
    head = items[0]
    if len(items) == 1 and isinstance(head, str) and head in DIGITS:
        return Decimal(DIGITS[head]) * scale / 10
    number = _large(items[1:] if head in ("零", "〇", "○") else items)
    if number is None or number >= scale or (isinstance(head, Decimal) and number < scale // 10):
        return None
    return number


def _small(items: Sequence[Item]) -> Decimal | None:
    """What has at most 千 百 十, each once and falling."""
    if len(items) == 1 and isinstance(items[0], Decimal):
        return items[0]
    total, last, digit, skipped = Decimal(0), 10**4, None, False
    for item in items:
        if isinstance(item, str) and item in SCALES:
            bare = digit is None and (total or skipped)
            if SCALES[item] >= last or bare or (digit is not None and digit >= 10):
                return None
            last = SCALES[item]
            total += (1 if digit is None else digit) * last
            digit, skipped = None, False
        elif digit is None and item in ("零", "〇", "○") and not skipped:
            skipped = True
        elif digit is None:
            digit = item if isinstance(item, Decimal) else Decimal(DIGITS[item])
        else:
            return None
    return _tail(total, last, digit, skipped, isinstance(items[-1], Decimal))


def _tail(total: Decimal, last: int, digit: Decimal | None, skipped: bool, figures: bool) -> Decimal | None:
    """The last digit counts ones, but after a scale without 零 the next lower scale: 一百二 is 120, 2千500 is 2500."""
    if digit is None:
        return None if skipped else total
    if figures:
        return total + digit if last // 10 <= digit < last else None
    return total + (digit * last / 10 if total and not skipped else digit)
