"""Wording of answers: describes what a count, list or sum covers ("overdue invoices of Emma Larsen over 100.00 EUR"),
and lists the records.

Whoever asked can then see whether they were understood. A query that can't be described in full isn't described at all.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeGuard

from agent.extract.time.day_pairs import ENDS
from agent.planning.proposal import (
    AS_LISTED,
    AnyOf,
    BelongsTo,
    Compare,
    Condition,
    Except,
    Expression,
    FieldOf,
    Find,
    Has,
    Number,
    OrderByField,
    Reference,
    StateIs,
    Test,
    Word,
)
from agent.planning.proposal import Day as DayValue
from agent.query.arithmetic import find_unit
from agent.query.conditions import DATES, NOBODY
from agent.query.context import Moment, Plain, Quantity, Value, Worked, describes
from agent.query.day_words import DATED, MONTH, is_noun_of_day, say_day
from agent.query.state_words import is_adjective, is_of_sort, is_plural_noun, list_states, note_state
from agent.validate.questions import join, quote_words
from agent.validate.records.field_words import ENDED, add_aside, name_field
from agent.validate.records.located import LocatedRecord, fits, name_kind, name_kinds
from core.clock import write_day
from core.display_text import to_display_text
from language.stems import is_past, stem
from language.text import singularize
from registry.records import Field, Kinds, RecordKind

MOST_CHARS: Final = 160
"""A paraphrase that is longer explains less than it hides."""
_MEASURED: Final = {"=": "of", "<": "under", "<=": "of at most", ">": "over", ">=": "of at least"}
_VALUED: Final = {"=": "", "!=": "other than ", "<": "under ", "<=": "of at most ", ">": "over ", ">=": "of at least "}
_COMPARED: Final = {"<": "less than", "<=": "at most", ">": "more than", ">=": "at least"}
NameOwner = Callable[[Find], Awaitable[str | None]]
"""The label of the one record that words name; None where that isn't one."""


@dataclass(frozen=True, slots=True)
class QueryWords:
    """The words of a query: those before the kind's noun (each with its space), those after it, and notes for brackets
    at the end."""

    before: str = ""
    after: str = ""
    notes: tuple[str, ...] = ()
    sort: str = ""
    """The plural of what they are called instead: "dogs" of pets."""

    def count(self, number: int, kind: RecordKind) -> str:
        """``2 overdue invoices of Emma Larsen``, ``no tickets (priority urgent)``."""
        noun = name_kind(kind) if number == 1 else name_kinds(kind)
        return f"{number or 'no'} {self.join(noun, one=number == 1)}"

    def join(self, noun: str, *, one: bool = False) -> str:
        if self.sort:
            noun = singularize(self.sort) if one else self.sort
        said = stem(self.before.strip())  # "booked" says nothing of bookings, or of booked days
        before = "" if said in map(stem, noun.split()) else self.before
        return add_aside(f"{before}{noun}{self.after}", ", ".join(self.notes))


class _Unsaid(Exception):
    """A condition has no known words."""


async def describe_query(reference: Reference, kinds: Kinds, name_owner: NameOwner) -> QueryWords | None:
    """Describes a query. None if a condition has no words, or if the description gets too long. Raises
    PlatformUnavailable."""
    if not isinstance(reference, Find):
        return None
    try:
        made = await _describe(reference, kinds, name_owner)
    except _Unsaid:
        return None
    return made if len(made.join("")) <= MOST_CHARS else None


async def _describe(find: Find, kinds: Kinds, name_owner: NameOwner) -> QueryWords:
    kind = kinds.get(find.record)
    if kind is None or find.among is not None:
        raise _Unsaid
    before: dict[str, bool] = {}
    after = [f" matching {quote_words(find.said.text)}"] if find.said is not None else []
    notes: list[str] = []
    sort = ""
    ends = {each.field: each for each in find.where if _is_bound(each, "<=", kind)}
    spans = {each.field for each in find.where if _is_bound(each, ">=", kind)} & ends.keys()
    lasting = _find_lasting(find, kind)
    for condition in find.where:
        if condition in lasting:
            after += [f" on {_say_value(lasting[0].value)}"] if condition == lasting[0] else []
            continue
        if isinstance(condition, Compare) and condition.field in spans and condition.op in ("<=", ">="):
            if condition.op == ">=":
                first, last = _say_comparison(condition, kind), _say_value(ends[condition.field].value)
                first = first.replace(" of at least ", " from ")
                whole = f"{first} to {last}" if not first.endswith(last) else first
                told = whole.replace(" from ", " on ") if first.endswith(f" from {last}") else whole
                if _is_noun_of_day(condition, kind):
                    notes.append(told.strip())
                else:
                    after.append(told)
            continue
        alike = _drop_spellings(condition.conditions) if isinstance(condition, AnyOf) else ()
        each = alike[0] if len(alike) == 1 else condition
        if isinstance(each, StateIs) and not sort and is_plural_noun(each, kind):
            sort = each.state
        elif (states := list_states(each)) and all(is_adjective(one, kind) for one in states):
            told = join([one.replace("_", "-") for one in states], "or")
            before[f"{told} "] = all(is_of_sort(one, kind) for one in states)
        elif isinstance(each, StateIs):
            notes.append(note_state(each, kind))
        elif isinstance(each, Compare | AnyOf) and (noted := _note_comparison(each, kind)):
            notes.append(noted)
        elif isinstance(each, Compare) and _is_noun_of_day(each, kind):
            notes.append(_say_comparison(each, kind).strip())
        else:
            after.append(await _say(each, kind, kinds, name_owner))
    before.pop(f"{singularize(sort)} ", None)  # dogs, of which each is a dog
    told_before = "".join(sorted(before, key=before.__getitem__))  # the sort is next to the noun: "2 lent oak desks"
    told_after = "".join(_list_joined(after))
    return QueryWords(
        to_display_text(told_before), to_display_text(told_after), tuple(map(to_display_text, notes)), sort
    )


def _list_joined(parts: Sequence[str]) -> Iterator[str]:
    """Joins parts that begin alike: "with loans and with due fines", "arriving by 4 Dec 2026 and leaving after it"."""
    for at, part in enumerate(parts):
        alike = at > 0 and _JOINED.match(part) and _JOINED.match(parts[at - 1])
        yield f" and{part}" if alike else part


_JOINED: Final = re.compile(r" with | \w+ing (?:by|before|after|from|on|in) ")


def _is_bound(condition: Condition, op: str, kind: RecordKind) -> TypeGuard[Compare]:
    """Whether it bounds a day, a moment or the size in this direction."""
    if not isinstance(condition, Compare) or condition.op != op:
        return False
    field = kind.field_named(condition.field)
    return field is not None and (field.type in DATES or field.name == kind.size)


def _find_lasting(find: Find, kind: RecordKind) -> tuple[Compare, ...]:
    """The two comparisons that say together that something lasts on a day: begun by then, and not over before."""
    first = [each for each in find.where if _is_bound(each, "<=", kind)]
    last = [each for each in find.where if _is_bound(each, ">=", kind)]
    if len(first) != 1 or len(last) != 1 or first[0].value != last[0].value or first[0].field == last[0].field:
        return ()
    begins, ends = (_name(each[0], kind).casefold().split() for each in (first, last))
    value = first[0].value
    dated = isinstance(value, DayValue) and len(value.date) > MONTH
    return (first[0], last[0]) if dated and not is_past(begins[0]) and not ENDS.isdisjoint(ends) else ()


def _name(condition: Compare, kind: RecordKind) -> str:
    field = kind.field_named(condition.field)
    return name_field(field, kind) if field is not None else condition.field


def _note_comparison(condition: Compare | AnyOf, kind: RecordKind) -> str:
    """A note about a field for the brackets, perhaps with several values. Empty if the sentence says it."""
    if isinstance(condition, AnyOf):
        held = [each for each in condition.conditions if isinstance(each, Compare) and each.op == "contains"]
        alike = len(held) == len(condition.conditions) and len({each.field for each in held}) == 1
        others = [quote_words(_say_value(each.value)) for each in held[1:]]
        return join([_note_comparison(held[0], kind), *others], "or") if alike else ""
    field = kind.field_named(condition.field)
    if field is None:
        raise _Unsaid
    label = name_field(field, kind)
    said = condition.value.word if isinstance(condition.value, Word) else label
    if said is None:
        return f"no {label}" if condition.op == "=" else f"{label} given"
    if isinstance(said, bool):
        return label if said is (condition.op == "=") else f"not {label}"
    value = _say_value(condition.value)
    if value.casefold() in NOBODY and condition.op in ("=", "!="):
        return f"no {label}" if condition.op == "=" else f"{label} given"
    if condition.op in (">", "=") and value == "0":
        return f"{'some' if condition.op == '>' else 'no'} {label}"
    sum_alone = field.name == kind.size and condition.op in _MEASURED and field.type not in ("integer", "number")
    if field.type in DATES or sum_alone:  # "over 100.00 EUR", but "boxes out over 20"
        return ""
    if condition.op == "contains":
        return f"{label} with {quote_words(value)}"
    if condition.op not in _VALUED:
        raise _Unsaid
    return f"{label} {_VALUED[condition.op]}{value}"


async def _say(condition: Condition, kind: RecordKind, kinds: Kinds, name_owner: NameOwner) -> str:
    match condition:
        case Compare():
            return _say_comparison(condition, kind)
        case BelongsTo(owner=Find() as owner):
            label = await name_owner(owner) if owner.said is not None or owner.pick == "one" else None
            if label is None and (owner.said is not None or (owner.pick == "one" and not describes(owner))):
                raise _Unsaid
            return f" of {label or await _say_all(owner, kinds, name_owner)}"
        case Has(related=Find() as related, op=op, count=count):
            none = (op, count) in {("=", 0), ("<", 1), ("<=", 0)}
            some = (op, count) in {(">=", 1), (">", 0), ("!=", 0)}
            role = kind.relation_to(related.record) if none and related.bare else None
            told = await _say_all(related, kinds, name_owner) if role is None else _name_role(role.via, related, kinds)
            number = "no " if none else "" if some else f"{_VALUED[op].removeprefix('of ')}{count} "
            return f" with {number}{told}"
        case Except(left_out=Find(where=(AnyOf(conditions=(Compare(op="!=", value=Word(word=None)) as given, *_)),))):
            return f" not {_name(given, kind).removesuffix(' on')}"
        case Except(left_out=Find() as left_out):
            label = await name_owner(left_out) if left_out.said is not None else None
            return f" except {label or await _say_all(left_out, kinds, name_owner)}"
        case StateIs():
            return f" that are {note_state(condition, kind)}"
        case AnyOf(conditions=conditions):
            return f" {join([(await _say(each, kind, kinds, name_owner)).strip() for each in conditions], 'or')}"
    raise _Unsaid


def _name_role(via: str, related: Find, kinds: Kinds) -> str:
    """What a record that another has one of is to it: "driver", "stylist"."""
    kind = kinds.get(related.record)
    own = kind is None or via != f"{related.record}_id"
    return via.removesuffix("_id").replace("_", " ") if own or kind is None else name_kind(kind)


def _drop_spellings(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """The first value alone if the others are other spellings of it."""
    compared = [each for each in conditions if isinstance(each, Compare)]
    same = len(compared) == len(conditions) and len({each.field for each in compared}) == 1
    return conditions[:1] if same and len({each.op for each in compared}) > 1 else conditions


async def _say_all(find: Find, kinds: Kinds, name_owner: NameOwner) -> str:
    words, kind = await _describe(find, kinds, name_owner), kinds.get(find.record)
    if kind is None or find.order is not None:
        raise _Unsaid
    return words.join(name_kinds(kind))


def _say_comparison(condition: Compare, kind: RecordKind) -> str:
    """The part of a comparison that the sentence says: when, or how much."""
    if noted := _note_comparison(condition, kind):
        return f" with {noted}"
    field, value = kind.field_named(condition.field), _say_value(condition.value)
    if field is None or field.type not in DATES:
        return f" {_MEASURED[condition.op]} {value}"
    whole = isinstance(condition.value, DayValue) and len(condition.value.date) > MONTH
    return say_day(name_field(field, kind), condition.op, value, whole=whole)


def _is_noun_of_day(condition: Compare, kind: RecordKind) -> bool:
    """Whether a day goes by a noun, which stands in brackets."""
    field = kind.field_named(condition.field)
    return field is not None and field.type in DATES and is_noun_of_day(name_field(field, kind))


def _say_value(value: Expression) -> str:
    match value:
        case Number(number=number, unit=unit):
            return Quantity(number, find_unit(unit)).shown
        case DayValue(date=text):
            return write_day(text)
        case Word(word=word):
            return str(word).replace("_", " ")
    raise _Unsaid


def compare_words(op: str, value: Value) -> str:
    """What a value was compared with: ``more than 20``, ``before 3 Dec 2026``, ``in December 2026``, ``in repair``."""
    than = (DATED if isinstance(value, Moment) else _COMPARED).get(op, "")
    if isinstance(value, Moment) and op == "during" and len(value.text) <= MONTH:
        than = "in"
    shown = value.shown.replace("_", " ") if isinstance(value, Plain) and op in ("=", "!=") else value.shown
    return f"{than} {shown}".strip()


def tell_test(test: Test, left: Worked, right: Worked, *, held: bool) -> str:
    """What is so of a record, beside what was asked: ``loan 7 is out, not back``, ``Quay Hall (40 seats, not more than
    50)``."""
    op, one = test.op, left.found[0] if left.found else None
    field = one.kind.field_named(test.left.field) if one is not None and isinstance(test.left, FieldOf) else None
    reading = left.reading or left.shown
    if field is not None and field.type == "enum" and op in ("=", "!="):
        reading = left.shown.replace("_", " ")
    says_so = op == "!=" or (field is not None and field.type == "boolean")
    none = not held and op in (">", ">=") and left.shown == "0"  # "boxes out 0" says that it isn't more
    if not says_so and not none and not (held and op in ("=", "contains", "during")):
        reading += f", {'' if held else 'not '}{compare_words(op, right.value)}"
    if one is None:
        return reading
    is_state = field is not None and field.name in ("status", "state") and op in ("=", "!=")
    return f"{one.label} is {reading}" if is_state else add_aside(one.label, reading)


def find_measure(reference: Reference, kind: RecordKind) -> Field | None:
    """The number or day by which the first of several is the first."""
    order = reference.order if isinstance(reference, Find) else None
    if not isinstance(order, OrderByField) or (order.by == AS_LISTED and order.first not in ("highest", "lowest")):
        return None
    return kind.field_named(kind.size or "" if order.by == AS_LISTED else order.by)


_CALLED_OFF: Final = ("cancelled", "no-show", "no show")


def count_states(reference: Reference, found: Sequence[LocatedRecord]) -> str:
    """How many records are in which of the platform's own states, if the requested state covers several: "21 open, 9
    pending", and how many are called off, where no state was requested that says so: "1 cancelled"."""
    kind, where = found[0].kind, reference.where if isinstance(reference, Find) else ()
    held = {name: dict(kind.states[name]) for name in (*_CALLED_OFF, *sorted(ENDED)) if name in kind.states}
    told: list[str] = []
    for state in [each.state for each in where if isinstance(each, StateIs) and not each.negated]:
        stages = kind.states.get(state) or {each.name: each.values for each in kind.fields if state in each.values}
        for name, among in stages.items() if not told else ():
            shown = [str(each.record.values.get(name)) for each in found]
            counts = [(shown.count(each), each.replace("_", " ")) for each in dict.fromkeys(map(str, among))]
            parts = [f"{count} {each}" for count, each in counts if count]
            told += parts if len(parts) > 1 and state in kind.states else []
        held = {off: each for off, each in held.items() if each.keys().isdisjoint(stages)}
    if any(isinstance(each, Compare) and _CALLED_OFF[0] in each.field for each in where):
        return ""
    held = {name: each for name, each in held.items() if next(one for one in held if held[one] == each) == name}
    off = {name: sum(fits(each.record, values) for each in found) for name, values in held.items()}
    return ", ".join((*told, *(f"{count} {name}" for name, count in off.items() if count)))
