"""Explanations of an empty search: what was looked for, and what is there instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from agent.validate.questions import WORDS_CHARS, join, quote_words
from agent.validate.records.located import LocatedRecord, Scalar, format_count, plural, singular
from core.display_text import to_display_text
from registry.records import Record, RecordKind, format_field

_MOST_WORDS = 3


def describe_filter(kind: RecordKind, where: Mapping[str, Sequence[Scalar]]) -> str:
    """``paid ``: a filter as words before the noun, with the space; empty where it can't be said briefly."""
    words = []
    for name, values in where.items():
        wanted = {str(value) for value in values}
        known = [
            word
            for word, states in kind.states.items()
            if set(states) == {name} and {str(value) for value in states[name]} == wanted
        ]
        if known:
            words.append(known[0])
        elif all(isinstance(value, str) for value in values) and len(wanted) <= _MOST_WORDS:
            words.append(join([str(value).replace("_", " ") for value in values], "or"))
    return "".join(f"{to_display_text(word)} " for word in words)


def describe_records(kind: RecordKind, where: Mapping[str, Sequence[Scalar]], owner: LocatedRecord | None) -> str:
    """``paid invoice of Adam Novak``."""
    return f"{describe_filter(kind, where)}{singular(kind)}{f' of {owner.label}' if owner else ''}"


def describe_mismatch(record: Record, kind: RecordKind, where: Mapping[str, Sequence[Scalar]]) -> str:
    """The field values that exclude a record: ``refunded``."""
    out = [
        name for name, values in where.items() if str(record.values.get(name)) not in {str(value) for value in values}
    ]
    parts = []
    for each in (each for each in kind.fields if each.name in out):
        value = format_field(each, record.values)
        parts.append(value.replace("_", " ") if each.type == "enum" else f"{each.label or each.name} {value}")
    return join(parts, "and")


def explain_none_found(
    kind: RecordKind,
    where: Mapping[str, Sequence[Scalar]],
    owner: LocatedRecord | None,
    others: Sequence[Record],
    *,
    more: bool,
) -> str:
    """Question where no record passes ``where``; ``others`` are those that only the filter excludes (``more``: perhaps
    not all of them)."""
    if not others:
        return (
            f"{owner.label} has no {plural(kind)}." if owner else f"There is no {describe_records(kind, where, None)}."
        )
    opening = f"There is no {describe_records(kind, where, owner)}."
    states = Counter(describe_mismatch(record, kind, where) for record in others)
    whose = f"{owner.label} has" if owner else "There are" if len(others) > 1 else "There is"
    amount = f"more than {len(others) - 1} {plural(kind)}" if more else format_count(len(others), kind)
    if len(states) == 1 and not more:
        state = to_display_text(next(iter(states)), limit=WORDS_CHARS)
        return f"{opening} {whose} {amount}, already {state}." if state else opening
    parts = [
        f"{number} {to_display_text(state, limit=WORDS_CHARS)}" for state, number in states.most_common(4) if state
    ]
    return f"{opening} {whose} {amount}: {join(parts, 'and')}."


def explain_exclusion(record: Record, label: str, kind: RecordKind, where: Mapping[str, Sequence[Scalar]]) -> str:
    """Question where one record was meant, and the contract's filter or a word excludes it."""
    needed = describe_filter(kind, where).strip()
    is_ = to_display_text(describe_mismatch(record, kind, where), limit=WORDS_CHARS)
    needs = f"; this needs {_article(needed)} {singular(kind)}" if needed else "; this can't be done with it"
    return f"{label} is {is_}{needs}." if is_ else f"{label} can't be meant here."


def explain_unknown_name(
    kind: RecordKind, words: str, where: Mapping[str, Sequence[Scalar]], owner: LocatedRecord | None
) -> str:
    whose = f" of {owner.label}" if owner else ""
    return f"There is no {describe_filter(kind, where)}{singular(kind)}{whose} called {quote_words(words)}."


def _article(words: str) -> str:
    return f"an {words}" if words[:1] in "aeiou" else f"a {words}"
