"""Other kinds that an order fits: "Ada collected hers", where Ada has a parcel and a repair that may be collected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agent.planning.proposal import BelongsTo, Call, Find, RecordArgument, TypedValue
from agent.query.action_answers import list_fitting
from agent.query.other_kinds import names_kind
from agent.query.references import Query
from agent.validate.questions import join
from agent.validate.records.located import LocatedRecord, RecordQuery
from core.actor import Actor
from core.display_text import to_display_text
from registry.catalogue import Catalogue
from registry.contract import Contract

_SLOT: Final = "other"
_MOST: Final = 3
"""Records that a card names."""


async def list_other_fits(query: Query, catalogue: Catalogue, actor: Actor, calls: Sequence[Call]) -> list[str]:
    """The card's remarks about records of other kinds, where an order names somebody and no kind, and another action
    would give theirs the same value. Raises PlatformUnavailable."""
    request = query.context.request
    contract = catalogue.get(calls[0].action) if len(calls) == 1 else None
    find = _find_only_owned(calls[0]) if contract is not None and not names_kind(query) else None
    if contract is None or find is None:
        return []
    values = {
        str(each.value)
        for name, each in calls[0].arguments.items()
        if isinstance(each, TypedValue) and (contract.properties.get(name) or {}).get("enum")
    }
    fit: list[LocatedRecord] = []
    for kind in query.context.kinds if values else ():
        if kind.name == find.record or not kind.relation_to(_name_owner_kind(find)):
            continue
        need = RecordQuery(_SLOT, _SLOT, kind, restricts=True)
        theirs = find.model_copy(update={"record": kind.name, "pick": "all"})
        found = await query.records.find_all(need, theirs)
        fit += [
            each
            for each in (found if isinstance(found, tuple) else ())
            if any(_gives(one, values) for one in list_fitting(catalogue, actor, request.surface, [each.record]))
        ]
    labels = join([to_display_text(each.label) for each in fit[:_MOST]], "and")
    fits = "fits" if len(fit) == 1 else "fit"
    return [f"{labels[:1].upper()}{labels[1:]} {fits} as well: check that this is what you mean."] if fit else []


def _find_only_owned(call: Call) -> Find | None:
    """The reference to a record that only its owner's name tells."""
    found = [each.reference for each in call.arguments.values() if isinstance(each, RecordArgument)]
    one = found[0] if len(found) == 1 else None
    if not isinstance(one, Find) or (one.said, one.order, one.among) != (None, None, None) or len(one.where) != 1:
        return None
    return one if _name_owner_kind(one) else None


def _name_owner_kind(find: Find) -> str:
    (condition,) = find.where
    owner = condition.owner if isinstance(condition, BelongsTo) else None
    return owner.record if isinstance(owner, Find) and owner.said is not None else ""


def _gives(contract: Contract, values: set[str]) -> bool:
    """Whether an action needs no more than a record and one of these values, of a closed list."""
    held = [set(map(str, each)) for each in _list_members(contract) if each]
    needed = [name for name in contract.required if contract.annotation(name).record is None]
    return len(needed) == 1 and any(values & each for each in held)


def _list_members(contract: Contract) -> Iterator[Sequence[object]]:
    schemas: list[Mapping[str, object]] = [contract.properties[name] or {} for name in contract.required]
    for schema in schemas:
        members = schema.get("enum")
        yield members if isinstance(members, list) else ()
