"""Names of related records: an answer says who the reviewer is, and not the id of their record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from agent.query.context import QueryContext
from agent.validate.records.located import LocatedRecord, fits
from registry.records import Field, Query, Relation


async def name_related(
    context: QueryContext, found: Sequence[LocatedRecord], fields: Sequence[Field]
) -> tuple[LocatedRecord, ...]:
    """The records as they are shown: with the label of the related record in each of the ``fields`` that holds an id.
    An id stays if its record is out of reach. Raises PlatformUnavailable."""
    asked = {each.name for each in fields}
    for relation in found[0].kind.relations if found else ():
        if relation.via in asked and (labels := await _find_labels(context, found, relation)):
            found = [_show_label(each, relation.via, labels) for each in found]
    return tuple(found)


async def _find_labels(context: QueryContext, found: Sequence[LocatedRecord], relation: Relation) -> dict[str, str]:
    kind = context.kinds.get(relation.kind)
    bounds = await context.reach.find_bounds(kind) if kind is not None else None
    ids = tuple(dict.fromkeys(each for one in found if (each := one.record.values.get(relation.via)) is not None))
    if kind is None or not isinstance(bounds, Mapping) or not ids:
        return {}
    records = await context.kinds.search(Query(kind.name, where={kind.id_field: ids}, limit=len(ids)))
    return {each.id: each.label for each in records if fits(each, bounds)}


def _show_label(found: LocatedRecord, name: str, labels: Mapping[str, str]) -> LocatedRecord:
    values = found.record.values
    shown = labels.get(str(values.get(name)))
    return replace(found, record=replace(found.record, values={**values, name: shown})) if shown else found
