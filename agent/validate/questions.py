"""Question builder: what a person is asked, the choices, how the choices differ, and whether an answer is a yes."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from agent.extract.references.value import Reference
from agent.extract.time import dates
from agent.pipeline import Candidate, Question, QuestionCode, Request, Step
from agent.validate.json_values import takes_json, tell_how
from agent.validate.records import confusables
from agent.validate.records.field_words import name_field, tell_field
from agent.validate.records.located import (
    LABEL_CHARS,
    LocatedRecord,
    RecordQuery,
    Scalar,
    find_place_word,
    format_count,
    name_kind,
    name_kinds,
)
from agent.validate.telling_apart import name_apart, tell_choices_apart
from core.display_text import to_display_text
from language.stems import stem
from language.text import read_text, with_article
from language.wordnet import is_word
from registry.contract import Annotation, Unit
from registry.records import Record, RecordKind, format_field

REST: Final = "rest"
"""Slot of the question whether to do the understood part without the rest."""
MAX_CANDIDATES: Final = 8
WORDS_CHARS: Final = 120
MOST_QUOTED: Final = 3
_MOST_SHOWN: Final = 400
_NUMBERS: Final = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight")


def label_parameter(param: str, schema: Mapping[str, Any], annotation: Annotation) -> str:
    """What a person calls the parameter."""
    title = schema.get("title")
    return annotation.label or (title if isinstance(title, str) and title else param.replace("_", " "))


def quote_words(words: str) -> str:
    """Quotes somebody's words inside a sentence."""
    return f"‘{to_display_text(words, limit=WORDS_CHARS)}’"


def quote_several(told: Sequence[str]) -> str:
    """The first few of these stretches of typed words, and how many more there are."""
    more = [f"{len(told) - MOST_QUOTED} more"] if len(told) > MOST_QUOTED else []
    return join([*(quote_words(each) for each in told[:MOST_QUOTED]), *more], "and")


def ask_for(param: str, schema: Mapping[str, Any], annotation: Annotation, kind: RecordKind | None) -> str:
    """The question for a parameter: the contract's own wording, or one made from the parameter's type."""
    if annotation.ask:
        return annotation.ask
    label = label_parameter(param, schema, annotation)
    if kind is not None:
        return f"Which {name_kind(kind)}?"
    members = list_members(schema)
    if takes_json(schema):
        return f"What should “{label}” be? {tell_how(schema)}"
    if schema.get("type") == "boolean":
        return f"{label}: yes or no?"
    if members and len(members) <= MAX_CANDIDATES:
        return f"{label}: {join([format_plain(member) for member in members], 'or')}?"
    if annotation.unit in (Unit.MONEY, Unit.MONEY_MINOR):
        return f"{label}: how much?"
    if annotation.unit in (Unit.DAYS, Unit.HOURS, Unit.MINUTES, Unit.SECONDS):
        return f"{label}: how many {annotation.unit.value}?"
    return "In which currency?" if label.casefold() == "currency" else f"What should “{label}” be?"


def explain_unread(schema: Mapping[str, Any], request: Request) -> str:
    """What to say before asking for a value that was typed, but wrongly: a part of an e-mail address, a day with the
    name of another. Empty if none was."""
    if schema.get("format") in ("date", "date-time"):
        day = next((each for each in dates.find(read_text(request.text), request.now.date()) if each.clashes), None)
        return f"{day.day.day} {day.day:%B %Y} is a {day.day:%A}. " if day is not None else ""
    found = _PART_OF_ADDRESS.search(request.text) if schema.get("format") == "email" else None
    return f"{quote_words(found[0])} is no complete e-mail address. " if found is not None else ""


_PART_OF_ADDRESS: Final = re.compile(r"(?<!\S)[\w.+-]+@[\w.-]*")


def list_members(schema: Mapping[str, Any]) -> tuple[Any, ...]:
    """The members a parameter is limited to: an enum's, a boolean's, else nothing."""
    if isinstance(schema.get("enum"), list):
        return tuple(schema["enum"])
    return (True, False) if schema.get("type") == "boolean" else ()


def list_choices(schema: Mapping[str, Any]) -> tuple[Candidate, ...]:
    """A closed set as candidates; the id is ``format_member_id`` of the member."""
    members = list_members(schema)
    return tuple(
        Candidate(id=format_member_id(each), label=format_plain(each)) for each in members[: 8 * MAX_CANDIDATES]
    )


def format_member_id(member: Any) -> str:
    """The id of a closed set's member in a choice: a string itself, anything else its JSON."""
    return member if isinstance(member, str) else json.dumps(member)


def format_plain(value: Any) -> str:
    """A plain value as a person reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(format_plain(each) for each in value)
    return to_display_text("nothing" if value is None else str(value), lines=True, limit=4000)


def join(parts: Sequence[str], word: str) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def make_candidate(record: Record, twins: Sequence[Record] = (), kind: RecordKind | None = None) -> Candidate:
    """A record as a candidate. ``twins`` are records that it could be mistaken for. Marks say how it differs from
    them."""
    found: list[str] = []
    if kind is not None:
        mine = name_record(record, kind)
        found += confusables.find_suspicious(mine)
        for twin in twins:
            theirs = name_record(twin, kind)
            near = confusables.is_near(mine, theirs) and not confusables.are_numbered_apart(mine, theirs)
            if twin.id != record.id and mine != theirs and (near or confusables.looks_same(mine, theirs)):
                found += confusables.describe_differences(mine, theirs)
    return Candidate(
        id=record.id,
        label=to_display_text(record.label, limit=LABEL_CHARS),
        detail=to_display_text(record.detail, limit=LABEL_CHARS),
        marks=tuple(dict.fromkeys(found)),
    )


def name_record(record: Record, kind: RecordKind) -> str:
    """The name of a record: its first name field, or its label."""
    names = [
        str(record.values[each.name]) for each in kind.fields if each.search == "name" and record.values.get(each.name)
    ]
    return names[0] if names else record.label


def ask_between(
    slot: str,
    param: str,
    kind: RecordKind,
    records: Sequence[Record],
    what: str,
    *,
    code: QuestionCode = "ambiguous",
    lead: str | None = None,
    more: bool = False,
) -> Question:
    """Asks which of these records is meant. ``what`` says what they share ("are called ‘Adam’"). ``lead`` replaces the
    beginning of that sentence."""
    offered = list(records[:MAX_CANDIDATES])
    named = name_apart(offered, kind)
    more = more or len(records) > len(offered)
    count = f"More than {_NUMBERS[len(offered)].lower()}" if more else _NUMBERS[len(offered)]
    noun = name_kind(kind) if len(offered) == 1 and not more else name_kinds(kind)
    opening = lead if lead is not None else f"{count} {noun} {what}:"
    tail = ", or another?" if more else "?"
    return Question(
        slot=slot,
        code=code,
        text=f"{opening} {join(named, 'or')}{tail}",
        param=param,
        candidates=list_candidates(offered, kind),
    )


def list_candidates(records: Sequence[Record], kind: RecordKind) -> tuple[Candidate, ...]:
    """The records as the choices of a question."""
    choices = [make_candidate(each, records, kind) for each in records]
    return tell_choices_apart(choices, name_apart(records, kind))


_MOST_WORDS = 3


def describe_filter(kind: RecordKind, where: Mapping[str, Sequence[Scalar]]) -> str:
    """A filter as words before the noun, with a space: ``paid ``. Empty if there are no short words for it."""
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
    return f"{_add_states(kind, where, name_kind(kind))}{f' of {owner.label}' if owner else ''}"


def _add_states(kind: RecordKind, where: Mapping[str, Sequence[Scalar]], noun: str) -> str:
    """``paid invoice``, but ``boat that is out``."""
    states = describe_filter(kind, where).strip()
    if states in _BEHIND:
        return f"{noun} that {'is' if noun == name_kind(kind) else 'are'} {states}"
    return f"{states} {noun}".lstrip()


def describe_place(need: RecordQuery, told: Reference, picked: int, line: int, *, more: bool) -> str:
    """``the newest of 4 paid invoices``. ``more``: there may be more of them."""
    amount = f"{'more than ' if more else ''}{line} {_add_states(need.kind, need.filter, name_kinds(need.kind))}"
    return f"{find_place_word(told, picked)} of {amount}"


def describe_mismatch(record: Record, kind: RecordKind, where: Mapping[str, Sequence[Scalar]]) -> str:
    """The field values that exclude a record: ``refunded``."""
    out = [
        name for name, values in where.items() if str(record.values.get(name)) not in {str(value) for value in values}
    ]
    parts = []
    for each in (each for each in kind.fields if each.name in out):
        value, label = format_field(each, record.values), name_field(each, kind)
        if each.type == "boolean":
            parts.append(label if value == "yes" else f"not {label}")
        else:
            parts.append(value if each.type == "enum" else tell_field(each, kind, value))
    return join(parts, "and")


def explain_none_found(
    kind: RecordKind,
    where: Mapping[str, Sequence[Scalar]],
    owner: LocatedRecord | None,
    others: Sequence[Record],
    *,
    more: bool,
) -> str:
    """The question if no record passes ``where``. ``others`` are records that only the filter excludes. ``more``: there
    may be more of them."""
    if not others:
        return (
            f"{owner.label} has no {name_kinds(kind)}."
            if owner
            else f"There is no {describe_records(kind, where, None)}."
        )
    opening = f"There is no {describe_records(kind, where, owner)}."
    states = Counter(describe_mismatch(record, kind, where) for record in others)
    whose = f"{owner.label} has" if owner else "There are" if len(others) > 1 else "There is"
    amount = f"more than {len(others) - 1} {name_kinds(kind)}" if more else format_count(len(others), kind)
    if len(states) == 1 and not more:
        state = to_display_text(next(iter(states)), limit=WORDS_CHARS)
        return f"{opening} {whose} {amount}, already {state}." if state else opening
    parts = [
        f"{number} {to_display_text(state, limit=WORDS_CHARS)}" for state, number in states.most_common(4) if state
    ]
    return f"{opening} {whose} {amount}: {join(parts, 'and')}."


def explain_exclusion(record: Record, label: str, need: RecordQuery) -> str:
    """The question if the meant record is excluded by the contract's filter or by a word. A record that is already as
    the action would make it ("closed", to be closed) needs nothing."""
    kind, where = need.kind, need.filter
    needed = _add_states(kind, where, name_kind(kind)) if describe_filter(kind, where) else ""
    is_ = to_display_text(describe_mismatch(record, kind, where), limit=WORDS_CHARS)
    deeds = [stem(each) for each in need.action.rpartition(".")[2].split("_")]
    if is_ and stem(is_) in {*deeds, *(each.removeprefix("re") for each in deeds)}:
        return f"{label}{': that is so' if is_ in label else f' is {is_}'} already; nothing was done."
    needs = f"this needs {with_article(needed)}" if needed else "this can't be done with it"
    if is_ and is_ in label:  # "INV-1042 · refunded 3 Oct 2026" has said so
        return f"{label}: {needs}."
    return f"{label} is {is_}; {needs}." if is_ else f"{label} can't be meant here."


def explain_unknown_name(
    kind: RecordKind, words: str, where: Mapping[str, Sequence[Scalar]], owner: LocatedRecord | None
) -> str:
    one = describe_records(kind, where, owner)
    if words.strip().isdecimal():
        return f"There is no {one} {quote_words(words)} here."
    if _may_be_name(words, kind):
        return f"No {one} is called {quote_words(words)} here."
    return f"I can't tell which {one} you mean by {quote_words(words)}."


def _may_be_name(words: str, kind: RecordKind) -> bool:
    """Whether words typed without a capital may be what a record is called. Titles often are, people and companies are
    not called by an ordinary word or a phrase."""
    people = any(each.type == "email" for each in kind.fields)
    return not people or not words.islower() or (" " not in words.strip() and not is_word(words.strip()))


DETAIL_CHARS: Final = 200
_BEHIND: Final = frozenset(("in", "out", "on", "off", "up", "down", "over", "away", "back", "here", "there"))
"""States that no noun follows."""
_SENTENCE: Final = re.compile(rf".{{15,{DETAIL_CHARS - 1}}}?[.!?](?= [^a-z]|\Z)")


class Described(Protocol):
    """An action as it is offered or signed."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...


def preview_steps(steps: Iterable[Step]) -> str:
    """What the steps of a plan would do, in one line."""
    return to_display_text("; ".join(step.preview.rstrip(".") for step in steps), limit=_MOST_SHOWN)


def ask_for_action(actions: Sequence[Described], text: str = "") -> Question:
    """Asks which of these actions is meant. With a single action, asks whether it is."""
    text = text or ("Which of these do you mean?" if len(actions) > 1 else "Is this what you mean?")
    return Question(
        slot="action", code="unclear_action", text=text, candidates=tuple(map(make_action_candidate, actions))
    )


def make_action_candidate(action: Described) -> Candidate:
    """An action as a candidate. Its detail is the first sentence of its description, if that says more than the
    title."""
    text, title = " ".join(action.description.split()), action.title or action.name
    first = _SENTENCE.match(text)
    text = first[0] if first else text if len(text) <= DETAIL_CHARS else f"{text[:DETAIL_CHARS].rpartition(' ')[0]}…"
    says_more = text.rstrip(".").casefold() != title.rstrip(".").casefold()
    return Candidate(id=action.name, label=title, detail=text if says_more else "")
