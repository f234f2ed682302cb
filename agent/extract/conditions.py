"""What a condition says of live data: "sales were above 10 on some day since May 1", "Ana has any overdue
tasks".

Only such conditions are read as can be looked up exactly; whatever is left over makes it unreadable, and then a person
is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from agent.extract.reference import Reference, find, parse
from agent.extract.time import time_ranges
from language import numerals
from language.stems import stem
from language.text import read_text, singularize, word_set
from registry.records import Field, RecordKind

Op = Literal[">", "<", ">=", "<=", "="]
_OPS: Final[dict[str, Op]] = {
    **dict.fromkeys(("more than", "greater than", "higher than", "over", "above"), ">"),
    **dict.fromkeys(("less than", "fewer than", "lower than", "under", "below"), "<"),
    **dict.fromkeys(("at least", "no less than"), ">="),
    **dict.fromkeys(("at most", "no more than"), "<="),
    **dict.fromkeys(("exactly", "equal to"), "="),
}  # fmt: skip
_NUMERIC: Final = frozenset({"integer", "number"})
_COMPARED: Final = re.compile(
    rf"(?P<what>.+?)\s+(?:(?:was|were|is|are|(?:(?:might|may)\s+have|has|have|had)\s+(?:ever\s+)?been)\s+)"
    rf"(?:ever\s+)?(?P<op>{'|'.join(sorted(_OPS, key=len, reverse=True))})\s+(?P<number>[\d.,]+\w*|\w+)(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
# "Were sales above 10 …?"
_INVERTED: Final = re.compile(
    rf"(?:was|were|is|are)\s+(?P<what>.+?)\s+(?:ever\s+)?(?P<op>{'|'.join(sorted(_OPS, key=len, reverse=True))})\s+"
    r"(?P<number>[\d.,]+\w*|\w+)(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_EVER: Final = re.compile(r"\b(?:at\s+any\s+(?:time|point)|ever|on\s+any\s+day|once)\b", re.IGNORECASE)
_HAS: Final = re.compile(
    r"(?P<who>.+?)\s+(?:has|have|had|might\s+have|may\s+have|has\s+got)\s+(?P<not>no\s+)?(?:(?:any|some|an?|more)\s+)?(?P<what>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_DOES: Final = re.compile(
    r"(?:does|do|did)\s+(?P<who>.+?)\s+have\s+(?P<not>no\s+)?(?:(?:any|some|an?|more)\s+)?(?P<what>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_THERE: Final = re.compile(
    r"there\s+(?:is|are|was|were|might\s+be|may\s+be)\s+(?P<not>no\s+)?(?:(?:any|some|an?)\s+)?(?P<what>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_UNDONE: Final = re.compile(
    r"(?:i|we)\s+(?:haven['’]t|have\s+not|hadn['’]t|didn['’]t|did\s+not)\s+(?P<verb>[a-z]+)\s+(?:with\s+|to\s+|from\s+)?"
    r"(?P<who>[\w.@' -]+?)\s+"
    r"(?P<when>(?:in|for|during|over|since|within)\s+.+)$",
    re.IGNORECASE | re.DOTALL,
)
_STATED: Final = re.compile(
    r"(?:i\s+(?:think|believe|guess)\s+(?:that\s+)?)?(?P<said>[^.;]+)[.,;]\s*(?:and\s+)?"
    r"if\s+it(?:['’]s|\s+is|\s+has|\s+was)(?:\s+been)?\s+(?P<more>.+)",
    re.IGNORECASE,
)
_LONGER: Final = re.compile(r"(?:longer|more)\s+than\s+(?P<long>.+)", re.IGNORECASE)
_WHILE: Final = re.compile(r"\s+(?:in|for)\s+(?:a\s+(?:long\s+)?(?:while|time)|ages)$", re.IGNORECASE)
_PRESENT: Final = {
    "met": "meet",
    "written": "write",
    "spoken": "speak",
    "seen": "see",
    "sent": "send",
    "ordered": "order",
}
_LITTLE: Final = word_set("the a an it that then all any time at of if also just still currently")


@dataclass(frozen=True, slots=True)
class Comparison:
    """A numeric field of some record of ``kind`` compares so with ``number``; within ``when`` (words), where that is
    said."""

    kind: str
    field: str
    op: Op
    number: Decimal
    when: str | None = None


@dataclass(frozen=True, slots=True)
class Existence:
    """There is a record that ``reference`` means; or, ``negated``, there is none."""

    reference: Reference
    negated: bool = False


Condition = Comparison | Existence


def read(words: str, kinds: Sequence[RecordKind]) -> Condition | None:
    """The condition that ``words`` are, all of them; None where they say anything that can't be looked up exactly."""
    said = _joined(" ".join(words.split()).strip(" ,.?!"))
    return _compared(said, kinds) or _exists(said, kinds) or _undone(said, kinds)


def _joined(said: str) -> str:
    """What was stated before and what is asked of it in one: "sales may be above 5. If they have been at any
    time since May"."""
    found = _STATED.fullmatch(said)
    if found is None:
        return said
    longer = _LONGER.fullmatch(found["more"])
    if longer is None:
        return f"{found['said']} {found['more']}"
    stated = _WHILE.sub("", found["said"])
    return f"{stated} in the past {longer['long']}" if stated != found["said"] else said


def _compared(said: str, kinds: Sequence[RecordKind]) -> Comparison | None:
    found = _INVERTED.fullmatch(said) or _COMPARED.fullmatch(said)
    if found is None or not _EVER.search(found["rest"] + " " + said[: found.start("op")]):
        return None
    named = [(kind, field) for kind in kinds for field in kind.fields if _is_called(found["what"], field)]
    amounts = numerals.find(read_text(found["number"]))
    if len(named) != 1 or len(amounts) != 1 or amounts[0].kind != "cardinal" or amounts[0].unit:
        return None
    ((kind, field),) = named
    rest = read_text(_EVER.sub(" ", found["rest"]))
    whens = time_ranges.find_stretches(rest)
    line = kind.field_named(kind.order or "")
    left = rest.plain
    for start, end, _ in reversed(whens):
        left = left[:start] + left[end:]
    if len(whens) > 1 or (whens and (line is None or not line.ranged)) or not field.ranged or _says_more(left):
        return None
    return Comparison(
        kind.name,
        field.name,
        _OPS[" ".join(found["op"].lower().split())],
        amounts[0].value,
        whens[0][2] if whens else None,
    )


def _is_called(words: str, field: Field) -> bool:
    """Whether these words, and no others, name a numeric field."""
    if field.type not in _NUMERIC:
        return False
    said = [word for word in re.findall(r"[a-z]+", words.lower()) if word not in _LITTLE]
    names = (field.label, field.name.replace("_", " "), *field.words)
    return any(
        [singularize(word) for word in said] == [singularize(word) for word in re.findall(r"[a-z]+", name.lower())]
        for name in names
        if name
    )


def _exists(said: str, kinds: Sequence[RecordKind]) -> Existence | None:
    for pattern in (_THERE, _DOES, _HAS):
        found = pattern.fullmatch(said)
        if found is None:
            continue
        for kind in kinds:
            if not find(found["what"], kind, kinds):
                continue
            reference = parse(found["what"], kind, kinds)
            told = reference.name or reference.text or reference.number or reference.position
            if told or not _any(reference, found["what"]) or _says_more(_without(found["what"], reference.spans)):
                continue
            who = found.groupdict().get("who")
            owned = _owned(reference, who, kind, kinds) if who else reference
            if owned is not None:
                return Existence(owned, bool(found["not"]))
    return None


def _without(words: str, places: Sequence[tuple[int, int]]) -> str:
    for start, end in places:
        words = words[:start] + " " * (end - start) + words[end:]
    return words


def _any(reference: Reference, words: str) -> bool:
    """Whether any such record will do: "overdue tasks", "open invoice"; not "the invoice", which means one."""
    return (
        reference.count is None
        and re.search(r"\b(?:the|his|her|their|its|this|that|than)\b|\d", words, re.IGNORECASE) is None
    )


def _undone(said: str, kinds: Sequence[RecordKind]) -> Existence | None:
    """ "I saw nothing of Ida these 2 days": there is no meeting of hers in that time."""
    found = _UNDONE.fullmatch(said)
    if found is None:
        return None
    verb = stem(_PRESENT.get(found["verb"].lower(), found["verb"]))
    meant = [kind for kind in kinds if any(stem(noun) == verb for noun in kind.nouns)]
    if len(meant) != 1 or not any(field.ranged and field.name == meant[0].order for field in meant[0].fields):
        return None
    whens = time_ranges.find_stretches(read_text(found["when"]))
    if len(whens) != 1 or _says_more(found["when"][: whens[0][0]] + found["when"][whens[0][1] :]):
        return None
    when = whens[0][2].removeprefix("not ")
    return Existence(
        Reference(
            kind=meant[0].name,
            every=True,
            whens=(when,),
            side="past",
            owner=parse(f"{found['who']}'s {meant[0].nouns[0]}", meant[0], kinds).owner,
        ),
        negated=True,
    )


def _owned(reference: Reference, who: str, kind: RecordKind, kinds: Sequence[RecordKind]) -> Reference | None:
    """The same, belonging to whom the words before "has" name."""
    whose = parse(f"{who}'s {kind.nouns[0]}", kind, kinds).owner
    if whose is None or reference.owner is not None:
        return None
    return Reference(
        kind=reference.kind,
        every=True,
        states=reference.states,
        whens=reference.whens,
        times=reference.times,
        side=reference.side,
        owner=whose,
    )


def _says_more(left: str) -> bool:
    return any(word not in _LITTLE for word in re.findall(r"\w+", left.lower()))
