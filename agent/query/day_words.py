"""Words for days: what happens to records on a day, as it stands behind their noun ("invoices due by 4 Dec 2026")."""

from __future__ import annotations

import re
from typing import Final

from language.stems import is_past

DATED: Final = {"<": "before", "<=": "by", ">": "after", ">=": "from"}
MONTH: Final = 7
"""Characters of a month as ISO 8601 writes it."""
PARTICLES: Final = frozenset(
    ["in", "up", "on", "out", "back", "off", "over", "away", "down", "through", "home", "here"]
)
"""Words that are no adjective before a noun, and that a verb may have behind it."""
_SHORT: Final = re.compile(r"[^aeiou]*[aeiou][bdgmnpt]|begin")
"""A verb that doubles its last letter: "running"."""
_UNTIL: Final = (" until", " before", " by")
_ADJECTIVES: Final = frozenset(("due", "free", "best", "day", "date", "from", "until"))
_ENDS: Final = {"from": " beginning", "until": " ending"}
"""What happens on a day that is only called the first or the last."""


def say_day(label: str, op: str, value: str, *, whole: bool) -> str:
    """Says when something happens to records: " issued before 4 Dec 2026", " valid until 4 Dec 2026". ``whole`` is for
    a day and no longer time."""
    label = say_deed(label.removesuffix(" on").removesuffix(" at").removesuffix(" from"))
    when = DATED.get(op, "on" if whole else "in")
    if label.endswith(_UNTIL):
        return f"{label} {value}" if when == "on" else f"{label} a day {when} {value}"
    return f"{label} {'' if label.endswith(' is') and when == 'on' else f'{when} '}{value}"


def is_noun_of_day(label: str) -> bool:
    """Whether a day goes by a noun ("pickup", "next visit"), which no noun of records can have behind it."""
    words = label.split()
    said = not words or words[0] in _ADJECTIVES or words[-1] in ("since", "day", "date") or is_past(words[0].lower())
    said = said or words[0].endswith("able")
    return not said and not words[0].endswith("s") and not (len(words) > 1 and words[-1].endswith("s"))


def say_deed(label: str) -> str:
    """What happens to records on a day, behind their noun: " issued", " arriving", " whose trial ends"."""
    verb, _, after = label.partition(" ")
    if label in ("day", "date") or label.split()[-1] == "since":
        return ""
    if label in _ENDS:
        return _ENDS[label]
    if label.split()[-1] in ("day", "date"):
        return f" whose {label} is"
    if label.endswith("s") and after and after not in PARTICLES:
        return f" whose {label}"
    if not verb.endswith("s") or verb.endswith("ss") or (after and after not in PARTICLES):
        return f" {label}"
    base = verb.removesuffix("s")
    base = base.removesuffix("e") if base.endswith("e") and not base.endswith("ee") else base
    doubled = base[-1:] if _SHORT.fullmatch(base) else ""
    return f" {base}{doubled}ing{' ' if after else ''}{after}"
