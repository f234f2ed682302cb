"""Description hints: what a parameter's description says about its value. Date formats, listed options, examples, forms
of identifiers, and defaults."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

_DATE_FORMAT: Final = re.compile(
    r"(?:yyyy|YYYY|%Y|yy|YY|dd|DD|%d|mm|MM|%m|HH|hh|%H)(?:[-/.: "
    r"T,'Z]{0,3}(?:yyyy|YYYY|%Y|yy|YY|dd|DD|%d|mm|MM|%m|HH|hh|%H|ss|SS|%M|%S|Z))+"
)
_EXAMPLE_DATE: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}(?:([T ])\d{2}:\d{2}(:\d{2})?(Z)?)?\b")
_OPTIONS: Final = re.compile(
    r"(?:available|allowed|valid|possible|supported|accepted|permitted|one of|either|can be|must "
    r"be|options?|values?|choose|choices?|"
    r"such as|like|e\.g\.?|for example)[^\"'`]{0,50}?((?:[\"'`][^\"'`\n]{1,40}[\"'`]"
    r"(?:\s*\([^)]*\))?(?:\s+for\s+[a-z ]{1,30}?)?(?:\s|,|or\b|and\b|/|\|)*){2,})",
    re.IGNORECASE,
)
_CLOSED: Final = re.compile(
    r"available|allowed|valid|possible|supported|accepted|permitted|one of|either|can be|must "
    r"be|options?|values?|choose|choices?",
    re.IGNORECASE,
)
_AT_LEAST: Final = re.compile(r"\b(?:either|at least one|one of)\b", re.IGNORECASE)
_DEMANDED: Final = re.compile(r"\b(?:must|required|mandatory|ha(?:s|ve) to|needs? to)\b", re.IGNORECASE)
_QUOTED: Final = re.compile(r"[\"'`]([^\"'`\n]{1,40})[\"'`]")

_SAID: Final = r"(?:specif|provid|giv|say|said|set)\w*"
# "If it isn't given", "unless said otherwise". Any further condition means that it is no default for every call.
_NOBODY: Final = (
    r"(?:unless\b[^.;]{0,60}\b" + _SAID + r"|(?:if|when)\b[^.;]{0,60}?"
    r"(?:\bn(?:o|ot|one|obody|othing|either)\b|n['’]t\b|\b(?:omitted|unset|absent|missing|left\s+out|empty)\b))"
)
_VALUE: Final = (
    r"[\"'`]?(?P<value>-?\d+(?:\.\d+)?|[^\W\d][\w-]*)[\"'`]?"
    rf"(?=\s*(?:[.;)]|,(?!\s*(?:or|if|when|unless|for|but|except)\b)|$|{_NOBODY}))"
)
_DEFAULT: Final = re.compile(
    rf"(?<!\bnot )(?<!\bno )(?<!n't )\bdefaults?(?:\s+value)?(?:\s+is(?:\s+set\s+to)?|\s+to|\s*[:=])\s*{_VALUE}",
    re.IGNORECASE,
)
_UNSAID: Final = re.compile(
    rf"\b(?={_NOBODY})(?:if|when|unless)\b[^.;]{{0,60}}\b{_SAID}[^.;\d]{{0,20}}\buses?\s+{_VALUE}", re.IGNORECASE
)


def read_default(schema: Mapping[str, Any]) -> Any:
    """The default in a parameter's description ("Defaults to 10."): a number, yes or no, or a member of a closed list.
    None if there is none, or if there are two."""
    description = str(schema.get("description", ""))
    said = {each["value"].casefold() for pattern in (_DEFAULT, _UNSAID) for each in pattern.finditer(description)}
    if len(said) != 1:
        return None
    (value,) = said
    if members := [each for each in schema.get("enum") or () if isinstance(each, str)]:
        return next((each for each in members if each.casefold() == value), None)
    if schema.get("type") == "boolean":
        return {"true": True, "false": False}.get(value)
    number = re.fullmatch(r"-?\d+(\.\d+)?", value)
    if number is None or schema.get("type") not in ("integer", "number"):
        return None
    if schema["type"] == "integer":
        return int(value) if number[1] is None else None
    return float(value)


def find_date_format(description: str) -> str | None:
    """The date format in the description, in strftime-like letters. An example date counts."""
    found = _DATE_FORMAT.findall(description)
    if found:
        longest: str = max(found, key=len)
        return longest.strip(" ,'")
    example = _EXAMPLE_DATE.search(description)
    if example:
        if not example.group(1):
            return "YYYY-MM-DD"
        return f"YYYY-MM-DD{example.group(1)}HH:MM{':SS' if example.group(2) else ''}{example.group(3) or ''}"
    return None


def list_options(description: str) -> tuple[str, ...]:
    for match in _OPTIONS.finditer(description):
        if _CLOSED.match(match.group(0)):
            return tuple(dict.fromkeys(_QUOTED.findall(match.group(1))))
    return ()


def list_examples(description: str) -> tuple[str, ...]:
    """Values that the description gives as examples ("such as 'temperature', 'humidity'"). Others are possible."""
    match = re.search(
        r"(?:such as|e\.g\.?|for example|for instance|like|examples?:?|including)"
        r"[^\"'`]{0,20}((?:[\"'`][^\"'`\n]{1,40}[\"'`][^\"'`]{0,6})+)",
        description,
    )
    return tuple(dict.fromkeys(_QUOTED.findall(match.group(1)))) if match else ()


def list_alternatives(description: str, names: Sequence[str]) -> tuple[str, ...]:
    """The parameters of which an action's description demands at least one ("either 'ref' or 'email' must be given").
    Empty if it demands none."""
    for sentence in re.split(r"(?<=[.;])\s", description):
        if _AT_LEAST.search(sentence) and _DEMANDED.search(sentence):
            told = tuple(name for name in names if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", sentence))
            if len(told) > 1:
                return told
    return ()


def list_shapes(description: str) -> tuple[str, ...]:
    """The form of an identifier as regular expressions, from its example ('#W0000000', 'U-001') or from words
    ("8-digit")."""
    made: list[str] = []
    for written in _QUOTED.findall(description):
        if re.fullmatch(r"[a-z]+[/@][a-z]+", written) and "http" not in written:
            made.append(rf"[\w.-]+{written[re.search(r'[/@]', written).start()]}[\w.-]+")  # type: ignore[union-attr]
        elif any(char.isdigit() for char in written) and not re.search(r"\s", written):
            shape = re.sub(
                r"\d+", lambda run: f"\\d{{{len(run.group())}}}" if len(run.group()) > 1 else "\\d+", re.escape(written)
            )
            made.append(shape)
    match = re.search(r"\b(\d{1,2})[- ](digit|character)", description)
    if match:
        made.append(f"\\d{{{match.group(1)}}}" if match.group(2) == "digit" else f"\\w{{{match.group(1)}}}")
    return tuple(made)
