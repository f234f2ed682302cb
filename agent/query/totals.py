"""Totals in words: the sums, of how many records, what each group of them comes to, and what of it was given back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from agent.planning.proposal import Compare, Find, StateIs, TotalOf
from agent.query.context import Worked
from agent.query.groups import add_up, write_totals
from agent.query.listed import list_records
from agent.validate.questions import join
from agent.validate.records.field_words import name_field, tell_field, tell_sum
from agent.validate.records.located import LocatedRecord
from language.stems import is_past, stem
from registry.records import Field, RecordKind


def tell_total(total: TotalOf, by: str | None, sums: Sequence[Worked], told: str, zone: tzinfo) -> str:
    """A total, one sum a currency. ``told`` are its records in words, ``by`` is the field that it is broken down by.
    Where that is somebody's name, whoever has the most stands first."""
    found = sums[0].found
    kind = found[0].kind
    group, field = kind.field_named(by or ""), kind.field_named(total.field)
    shown = join([each.shown for each in sums], "and")
    of = "on average over" if total.average else "across" if len(found) > 1 else "in"
    across = f"{of} {told}"
    counted = tell_field(field, kind, shown) if field is not None else shown
    if group is not None and group.type == "string" and field is not None:
        return f"{tell_sum(field, kind, write_totals(group, total, found, zone))}. In all {shown} {across}."
    if group is not None:
        listed = write_totals(group, total, found, zone)
    else:
        listed = (
            "; ".join(each.reading for each in sums)
            if total.average
            else list_records(found, [field] if field is not None else [], f"{told}, {counted}")
        )
    opening = f"{tell_sum(field, kind, shown) if field is not None else shown} {across}"
    return f"{opening}: {listed}.{_tell_given_back(total, kind, found)}"


def _tell_given_back(total: TotalOf, kind: RecordKind, found: Sequence[LocatedRecord]) -> str:
    """What else was done with the money of a sum of what was done: a payment of which a part was refunded."""
    deeds = {stem(each) for each in _list_deeds(total.of, kind)} if isinstance(total.of, Find) else set[str]()
    if not deeds or total.field != kind.size or total.average:
        return ""
    held = [each for each in kind.fields if each.type == "money_minor" and is_past(_begin(each, kind))]
    sums = ((each, add_up(each.name, found)) for each in held if stem(_begin(each, kind)) not in deeds)
    return "".join(f" This includes {sum_} {name_field(each, kind)}." for each, sum_ in sums if sum_)


def _list_deeds(find: Find, kind: RecordKind) -> list[str]:
    """The participles that records are found by: the state "paid", the day "paid"."""
    days = [
        each for one in find.where if isinstance(one, Compare) and (each := kind.field_named(one.field)) is not None
    ]
    states = [each.state for each in find.where if isinstance(each, StateIs) and not each.negated]
    return [each for each in (*states, *(_begin(day, kind) for day in days)) if is_past(each)]


def _begin(field: Field, kind: RecordKind) -> str:
    return name_field(field, kind).split()[0].casefold()
