"""What pydantic finds wrong in a value, as a sentence that says what would be right."""

from typing import Any

from pydantic_core import ErrorDetails

LONGEST = 60
"""Characters of a wrong value that a sentence repeats."""
_PATTERNS = {
    r"^[a-z0-9][a-z0-9-]*$": "write small English letters, digits and hyphens alone, such as hwm-2021",
    r"^[A-Z0-9]+$": "write capital English letters and digits alone, such as HWM21",
    r"^[A-Za-z0-9._-]+$": "write English letters, digits, full stops, _ and - alone",
}
_BY_TYPE = {
    "int": "write a whole number in digits, without quotation marks",
    "float": "write a number in digits, without quotation marks",
    "bool": "write true or false",
    "string": "write a text between quotation marks",
    "path": "write a path between quotation marks",
    "date": "write a day such as 2021-09-30",
    "time": 'write a time of day such as "09:00"',
}
"""By how pydantic's name of the fault begins."""


def remedy(fault: ErrorDetails) -> str:
    """What would be right, and what was found; for anything but keys that are missing or unknown."""
    if fault["type"] == "value_error":
        return str(fault["ctx"]["error"])
    found = fault["input"]
    shown = f"; found {_cut(repr(found))}" if isinstance(found, str | int | float) else ""
    return _wanted(fault["type"], fault.get("ctx", {}), found, fault["msg"]) + shown


def _wanted(kind: str, context: dict[str, Any], found: object, message: str) -> str:
    match kind:
        case "literal_error":
            return f"write {context['expected']}"
        case "string_pattern_mismatch":
            return _PATTERNS.get(context["pattern"], f"write a text that matches {context['pattern']}")
        case "tuple_type" | "list_type":
            if isinstance(found, dict):
                return "write its table in double brackets, as there may be several"
            return 'write a list in brackets, such as ["…", "…"]'
        case "model_type" | "dict_type" | "dataclass_type":
            return "write a table of this name, in single brackets, with its keys below"
        case "too_short":
            return "write at least one"
        case "greater_than_equal":
            return f"write a number of at least {context['ge']}"
        case "greater_than":
            return f"write a number above {context['gt']}"
        case "less_than_equal":
            return f"write a number of at most {context['le']}"
    known = next((said for begin, said in _BY_TYPE.items() if kind.startswith(begin)), None)
    return known or f"cannot be used ({message[0].lower()}{message[1:]}); compare it with config.example.toml"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
