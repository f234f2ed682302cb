"""Records of several owners: if it isn't clear whose record is meant, asks about the records or about the owners,
whichever are fewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent.pipeline import Question
from agent.planning.proposal import BelongsTo, Condition, Find, Handle
from agent.query.answered_references import Finder
from agent.query.context import Own, describes
from agent.query.pool import Pool
from agent.validate.questions import MAX_CANDIDATES, ask_between, join, make_candidate
from agent.validate.records.located import LABEL_CHARS, LocatedRecord, Outcome, RecordQuery, fits, name_kind
from agent.validate.records.ranking import Fit, rate_fit
from agent.validate.telling_apart import describe_aside, find_telling_field, tell_choices_apart
from core.display_text import to_display_text
from language.text import with_article
from registry.records import Record, RecordKind


async def select_of_owners(finder: Finder, need: RecordQuery, find: Find, own: Own) -> Pool | Question:
    """The records that pass a reference's conditions. If one is meant and its owner has namesakes, asks about the
    records of all of them where these are few. If the records of described owners are many, asks about the owners.
    Raises PlatformUnavailable."""
    pool = await finder.conditions.select(need, find, own)
    if find.pick != "one" or find.order is not None or find.among is not None:
        return pool
    if isinstance(pool, Question):
        return await _look_at_records(finder, need, find, pool, own) or pool
    described = any(_is_described(each) for each in find.where)
    if described and (pool.more or sum(fits(each, need.filter) for each in pool.records) > MAX_CANDIDATES):
        asked = await finder.conditions.select(need, find, own, any_owner=False)
        return asked if isinstance(asked, Question) and asked.candidates else pool
    return pool


async def settle_owners(finder: Finder, find: Find, chosen: Outcome) -> None:
    """Takes the owner of a chosen record for the one whose name the reference said, also elsewhere in the request.
    Raises PlatformUnavailable."""
    context = finder.context
    for each in find.where:
        owner = each.owner if isinstance(each, BelongsTo) else None
        kind = context.kinds.get(owner.record) if isinstance(owner, Find) else None
        name = name_of(owner) if isinstance(owner, Find) else None
        if kind is None or name is None or name in context.scene.settled:
            continue
        up = await context.reach.find_owner(chosen[0], kind) if isinstance(chosen, tuple) else None
        if up is not None and rate_fit(name[1], up.record, kind, "name") > Fit.VAGUE:
            context.scene.settled[name] = up


def name_of(find: Find) -> tuple[str, str] | None:
    """The key of a settled name. None for a reference that says more than a name, which is looked up each time."""
    if find.said is None or find.where or find.order is not None or find.pick != "one":
        return None
    return find.record, find.said.text.casefold()


async def _look_at_records(
    finder: Finder, need: RecordQuery, find: Find, asked: Question, own: Own
) -> Pool | Question | None:
    """Asks about the records of all owners who share a name ("the Larch job"), instead of asking which owner and then
    which record. If further words fit only one ("Ada's fitting": the other Ada has none), it is that one, and its card
    waits and says so, unless they name somebody. None if there are none or too many, or if something else was asked."""
    kind = finder.context.kinds.get(asked.slot.removeprefix(f"{need.slot}/"))
    several = asked.code == "ambiguous" and 1 < len(asked.candidates) < MAX_CANDIDATES
    if kind is None or not several or any(each.marks for each in asked.candidates):  # who looks like whom is told first
        return None
    opening, quoted, _ = asked.text.partition("’:")
    called = [each for each in find.where if _is_called(each, kind)]
    if not quoted or len(called) + (find.said is not None) != 1:
        return None
    records = [await finder.context.kinds.record(kind.name, each.id) for each in asked.candidates]
    owners = [LocatedRecord(each, kind, (), ()) for each in records if each is not None]
    where = tuple(each for each in find.where if each not in called)
    theirs = BelongsTo(owner=Handle(handle="@theirs"))
    every = find.model_copy(update={"said": None, "where": (*where, theirs)})
    pool = await finder.conditions.select(need, every, {**own, "theirs": owners})
    if isinstance(pool, Question) or pool.more:
        return None
    meant = [each for each in pool.records if fits(each, need.filter)]
    whose = {each.id: next((way for way in pool.find_way(each) if way.kind.name == kind.name), None) for each in meant}
    if len(meant) == 1 and where:
        owner = whose[meant[0].id]
        if owner is not None and not any(_is_named(each) for each in where):
            remark = f"{opening}’, and only {owner.label} has such {with_article(name_kind(need.kind))}."
            finder.context.namesakes[need.kind.name, meant[0].id] = remark
        return replace(pool, records=meant)
    fewest = 1 if called else 2  # words that are only taken for an owner's name single nothing out
    if not fewest <= len(meant) <= MAX_CANDIDATES or not all(whose.values()):
        return None
    offered = [(each, owner) for each in meant if (owner := whose[each.id])]
    if len(meant) > 1 and len({owner.key for _, owner in offered}) == 1:
        return ask_between(need.slot, need.param, need.kind, meant, f"of {offered[0][1].label} could be meant")
    return _ask_whose(need, f"{opening}’:", owners, offered)


def _is_described(condition: Condition) -> bool:
    owner = condition.owner if isinstance(condition, BelongsTo) else None
    return isinstance(owner, Find) and describes(owner) and owner.pick == "one"


def _is_named(condition: Condition) -> bool:
    owner = condition.owner if isinstance(condition, BelongsTo) else None
    return isinstance(owner, Find) and owner.said is not None


def _is_called(condition: Condition, kind: RecordKind) -> bool:
    """Whether a condition names the owner of this kind."""
    owner = condition.owner if isinstance(condition, BelongsTo) else None
    return isinstance(owner, Find) and owner.record == kind.name and _is_named(condition)


def _ask_whose(
    need: RecordQuery, opening: str, owners: Sequence[LocatedRecord], offered: Sequence[tuple[Record, LocatedRecord]]
) -> Question:
    """Asks which of these records is meant, each with its owner. ``opening`` says which name all ``owners`` have."""
    kind, above = need.kind, owners[0].kind
    people = [each.record for each in owners]
    alike = len({each.label for each in owners}) < len(owners)
    apart = find_telling_field(people, [each.label for each in people], above) if alike else None
    names = {each.record.id: each.label + describe_aside(each.record, above, apart) for each in owners}
    # What follows in a label is with the choices: "pro · 49.00 USD a month · active".
    shown = [_add(record.label.partition(" · ")[0], names[owner.record.id], " of ") for record, owner in offered]
    records = [record for record, _ in offered]
    telling = find_telling_field(records, shown, kind)
    named = [
        to_display_text(text + describe_aside(each, kind, telling), limit=2 * LABEL_CHARS)
        for text, each in zip(shown, records, strict=True)
    ]
    which = "is it" if len(records) == 1 else f"which {name_kind(kind)} do you mean,"
    candidates = tuple(
        (one := make_candidate(record)).model_copy(
            update={"detail": one.detail if name in one.label else _add(name, one.detail, ", ")}
        )
        for record, owner in offered
        for name in (names[owner.record.id],)
    )
    text = f"{opening} {which} {join(named, 'or')}?"
    return need.ask(text, code="ambiguous").model_copy(update={"candidates": tell_choices_apart(candidates, named)})


def _add(text: str, more: str, between: str) -> str:
    """Both texts, or the one that holds the other. What the one ends with and the other begins with stands once."""
    if more in text or text in more:
        return max(text, more, key=len)
    end = text.rpartition(" ")[2]
    return f"{text.removesuffix(end)}{more}" if more.startswith(f"{end} ") else f"{text}{between}{more}"
