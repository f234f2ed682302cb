"""Slips: what an answer says of records that were found under a misspelt name. A name that another kind's record really
has is no slip."""

from __future__ import annotations

from collections.abc import Mapping

from agent.query.context import QueryContext
from agent.validate.questions import quote_words
from agent.validate.records.located import fits
from agent.validate.records.ranking import fold_words
from registry.records import Query, RecordKind

Slips = Mapping[tuple[str, str], str]
"""Records (kind, id), with what was typed for their name."""


async def tell_slips(context: QueryContext, slips: Slips) -> list[str]:
    """Says which record a misspelt name was taken for."""
    made = []
    for (name, record_id), words in slips.items():
        record = await context.kinds.record(name, record_id)
        owned = record is not None and words[-1:] in "sS" and set(fold_words(words[:-1])) <= {*fold_words(record.label)}
        if record is not None and not owned:  # "adas credit" is Ada's
            made.append(f"You wrote {quote_words(words)}; this is {record.label}.")
    return made


async def find_so_called(context: QueryContext, slips: Slips) -> tuple[RecordKind, str] | None:
    """The kind of which a record is really called so, and what it was taken for a slip of. Raises
    PlatformUnavailable."""
    for (name, _), words in slips.items():
        for kind in context.kinds:
            named = [each.name for each in kind.fields if each.search == "name"]
            if kind.name == name or not named:
                continue
            bounds = await context.reach.find_bounds(kind)
            for each in await context.kinds.search(Query(kind.name, words, "name")):
                called = {word for one in named for word in fold_words(str(each.values.get(one) or ""))}
                if isinstance(bounds, Mapping) and fits(each, bounds) and called.issuperset(fold_words(words)):
                    return kind, words
    return None
