"""References become records: owners first, then what belongs to them. Nothing is ever picked where two records could be meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from agent.pipeline import Question, Request, Span
from agent.read.reference import Reference, parse
from agent.validate import explain
from agent.validate.asking import MAX_CANDIDATES, between, said
from agent.validate.found import Found, Scene, plural, singular
from agent.validate.namesake import by_words
from agent.validate.quoted import answered
from agent.validate.ranking import in_line, numbered, tied
from agent.validate.reach import MOST, TOO_MANY, Reach, Scalar, TooMany, Unrelated, Where, fits, merged
from registry.records import Kinds, Query, Record, RecordKind

NOWHERE: Final[Where] = {}


@dataclass(frozen=True)
class Need:
    """What a record is wanted for. ``slot`` is the question's slot (``0.invoice_id``, ``0.invoice_id/customer``), ``filter`` what the
    contract demands of the record, ``order`` the field that "last" goes by, ``most`` how many may be meant (1 but for arrays)."""

    slot: str
    param: str
    kind: RecordKind
    filter: Mapping[str, Sequence[Scalar]] = field(default_factory=dict)
    order: str | None = None
    most: int = 1

    def owner(self, kind: RecordKind) -> Need:
        return Need(f"{self.slot.split('/')[0]}/{kind.name}", self.param, kind)

    def ask(self, text: str, *, code: str = "not_found") -> Question:
        return Question.model_validate({"slot": self.slot, "code": code, "text": text, "param": self.param})


Outcome = tuple[Found, ...] | Question


class Lookup:
    """One request's look-ups. ``scene`` is shared by all its steps, so that "his" and "it" find what was spoken of."""

    def __init__(self, request: Request, reach: Reach, scene: Scene) -> None:
        self.request, self.reach, self.scene = request, reach, scene

    @property
    def kinds(self) -> Kinds:
        return self.reach.kinds

    def read(self, words: str, kind: RecordKind) -> Reference:
        return parse(words, kind, tuple(self.kinds))

    async def meant(
        self, need: Need, reference: Reference | None, spans: tuple[Span, ...], owner: Found | None = None
    ) -> Outcome:
        """The records that ``reference`` (or an answer to the slot) points at; empty where nothing at all was said of it.
        ``owner`` is what another parameter says it belongs to. Raises PlatformUnavailable."""
        answer = answered(self.request, need.slot)
        name = reference.name if reference is not None and _name_only(reference) else None
        if answer is None and name is not None:
            settled = self.scene.settled.get((need.kind.name, name.casefold()))
            if settled is not None and fits(settled.record, need.filter):
                return (replace(settled, spans=spans),)
        if answer is None:
            outcome = await self._refer(need, reference, spans, owner)
        else:
            spans = (*spans, *answer[1].spans)
            if answer[0].choice is not None:
                outcome = await self._chosen(need, answer[0].choice, spans, owner)
            else:
                outcome = await self._refer(
                    need, amended(reference, self.read(answer[1].text, need.kind)), spans, owner
                )
        if name is not None and isinstance(outcome, tuple) and len(outcome) == 1:
            # A name means one record all through a request: "refund Adam … and suspend Adam" asks which Adam once.
            self.scene.settled[need.kind.name, name.casefold()] = outcome[0]
        return outcome

    async def _refer(
        self, need: Need, reference: Reference | None, spans: tuple[Span, ...], owner: Found | None
    ) -> Outcome:
        if reference is None:
            return ()
        if reference.mine and reference.owner is None:
            return await self._speaker(need, spans)
        if reference.pronoun or (reference.bare and owner is None and len(self.scene.of_kind(need.kind.name)) == 1):
            return self._spoken(need, spans, reference)
        if reference.owner is not None and (kind := self.kinds.get(reference.owner.kind)) is not None:
            found = await self.meant(need.owner(kind), reference.owner, spans)
            if isinstance(found, Question):
                return found
            owner = found[0] if found else owner
        return await self._search(need, reference, spans, owner)

    async def _chosen(self, need: Need, choice: str, spans: tuple[Span, ...], owner: Found | None) -> Outcome:
        """The candidate that was picked, fetched anew: what it is now counts, not what it was when it was offered."""
        record = await self.kinds.record(need.kind.name, choice)
        scope = await self.reach.scope(need.kind)
        if record is None or scope is None or scope is TOO_MANY or not fits(record, _where(scope)):
            return need.ask(f"That {singular(need.kind)} is not there any more. Which one is meant?")
        found = Found(
            record, need.kind, spans, (owner,) if owner and await self._belongs(record, need.kind, owner) else ()
        )
        return self.checked(need, [found], need.filter)

    async def _speaker(self, need: Need, spans: tuple[Span, ...]) -> Outcome:
        record = await self.reach.speaker()
        if record is None or need.kind.name != record.kind:
            return need.ask(f"Which {singular(need.kind)} is meant? You are not one yourself.", code="missing")
        return self.checked(need, [Found(record, need.kind, spans, reading="you")], need.filter)

    def _spoken(self, need: Need, spans: tuple[Span, ...], reference: Reference) -> Outcome:
        spoken = self.scene.of_kind(need.kind.name)
        if len(spoken) == 1:
            again = replace(spoken[0], spans=spans, reading="spoken of before")
            return self.checked(need, [again], merged(need.filter, reference.states) or need.filter)
        if spoken:
            records = [each.record for each in spoken]
            return between(need.slot, need.param, need.kind, records, "were spoken of")
        return need.ask(f"Which {singular(need.kind)} is meant? None was named before.", code="missing")

    async def _search(self, need: Need, reference: Reference, spans: tuple[Span, ...], owner: Found | None) -> Outcome:
        kind = need.kind
        scope = await self.reach.scope(kind)
        own = await self.reach.within(kind, owner.record, owner.kind) if owner else {}
        if isinstance(own, Unrelated):
            assert owner is not None
            return need.ask(
                f"{_capital(plural(kind))} don't belong to a {singular(owner.kind)}. Which {singular(kind)} is meant?"
            )
        if isinstance(own, TooMany) or isinstance(scope, TooMany):
            return need.ask(
                f"There is too much to look through. Name the {singular(kind)} by its number.", code="ambiguous"
            )
        bound = None if own is None or scope is None else merged(own, scope)
        wanted = merged(reference.states, need.filter)
        via = (owner,) if owner else ()
        if wanted is None:
            state, needed = explain.adjective(kind, reference.states), explain.adjective(kind, need.filter)
            return need.ask(
                f"You asked for {state or 'other '}{plural(kind)}, but this works on {needed}{plural(kind)} only. Which one?"
            )
        if bound is None:
            return need.ask(explain.nothing(kind, wanted, owner, (), more=False))
        if reference.number or reference.email:
            records = await self._marked(kind, reference, bound)
            if not records:
                mark = said(reference.number or reference.email or "")
                return need.ask(f"There is no {singular(kind)} {mark}{f' of {owner.label}' if owner else ''}.")
            if len(records) > need.most:
                return between(need.slot, need.param, kind, records, "carry that number")
            return self.checked(need, [Found(each, kind, spans, via) for each in records], wanted)
        words = reference.name or reference.text
        if words:
            return await self._called(need, reference, words, bound, wanted, spans, owner)
        return await self._placed(need, reference, bound, wanted, spans, owner)

    async def _marked(self, kind: RecordKind, reference: Reference, bound: Where) -> list[Record]:
        """By a number or address as written. Filters are not applied: what exists but doesn't fit is told as such."""
        if reference.number is None:
            found = await self.kinds.search(Query(kind.name, reference.email, "email", bound, limit=MAX_CANDIDATES))
            mails = [each.name for each in kind.fields if each.type == "email" or each.search == "email"]
            return [
                each
                for each in found
                if any(str(each.values.get(name)).casefold() == reference.email for name in mails)
            ]
        found = await self.kinds.search(Query(kind.name, reference.number, "number", bound, limit=MAX_CANDIDATES))
        records = numbered(reference.number, found, kind)
        if not records:
            record = await self.kinds.record(kind.name, reference.number)
            records = [record] if record is not None and fits(record, bound) else []
        return records

    async def _called(
        self,
        need: Need,
        reference: Reference,
        words: str,
        bound: Where,
        wanted: Where,
        spans: tuple[Span, ...],
        owner: Found | None,
    ) -> Outcome:
        kind = need.kind
        by: Literal["name", "text"] = (
            "name" if reference.name and any(each.search == "name" for each in kind.fields) else "text"
        )
        narrowed = merged(bound, wanted)
        found = (
            await self.kinds.search(Query(kind.name, words, by if by == "name" else None, narrowed or {}, limit=MOST))
            if narrowed is not None
            else ()
        )
        via = (owner,) if owner else ()
        by_place = reference.position is not None and len(found) < MOST
        verdict = by_words(need.slot, need.param, kind, words, by, found, place=by_place)
        if isinstance(verdict, Question):
            return verdict
        if not verdict:
            return await self._unnamed(need, reference, words, bound, wanted, spans, owner)
        if by_place:
            return self._standing(need, reference, verdict, wanted, spans, owner, more=False)
        return tuple(Found(each, kind, spans, via) for each in verdict) if len(verdict) <= need.most else between(
            need.slot, need.param, kind, verdict, f"match {said(words)}"
        )  # fmt: skip

    async def _unnamed(
        self,
        need: Need,
        reference: Reference,
        words: str,
        bound: Where,
        wanted: Where,
        spans: tuple[Span, ...],
        owner: Found | None,
    ) -> Outcome:
        """Nothing that fits is called so. The words may name its owner instead ("refund Adam"); else say what is there."""
        kind = need.kind
        above = [found for each in kind.relations if (found := self.kinds.get(each.kind)) is not None]
        named = next((each for each in above if any(part.search == "name" for part in each.fields)), None)
        if owner is None and named is not None:
            whose = await self.meant(need.owner(named), Reference(kind=named.name, name=words), spans)
            if isinstance(whose, tuple) and whose:
                return await self._search(need, replace(reference, name=None, text=None), spans, whose[0])
            if isinstance(whose, Question) and (whose.candidates or answered(self.request, whose.slot)):
                return whose
        any_state = await self.kinds.search(Query(kind.name, words, None, bound, limit=MOST)) if wanted else ()
        verdict = by_words(need.slot, need.param, kind, words, "name", any_state, place=True)
        if isinstance(verdict, list) and len(verdict) == 1 and not fits(verdict[0], wanted):
            return self.checked(need, [Found(verdict[0], kind, spans)], wanted)
        return need.ask(explain.unknown_name(kind, words, wanted, owner))

    async def _placed(
        self,
        need: Need,
        reference: Reference,
        bound: Where,
        wanted: Where,
        spans: tuple[Span, ...],
        owner: Found | None,
    ) -> Outcome:
        """By its place in a line, or because there is only one."""
        kind, where = need.kind, merged(bound, wanted)
        if where is None:
            return need.ask(explain.nothing(kind, wanted, owner, (), more=False))
        by_size = reference.by == "size" and reference.position is not None
        order = kind.size if by_size else need.order or kind.order
        descending = reference.descending if reference.position is not None else True
        records = list(await self.kinds.search(Query(kind.name, None, None, where, order, descending, MOST)))
        if not records:
            others = await self.kinds.search(Query(kind.name, where=bound, limit=MOST)) if bound or not wanted else ()
            return need.ask(explain.nothing(kind, wanted, owner, others, more=len(others) >= MOST))
        if reference.position is not None:
            return self._standing(need, reference, records, wanted, spans, owner, more=len(records) >= MOST)
        via = (owner,) if owner else ()
        if len(records) == 1 or (reference.every and len(records) <= need.most < MOST):
            only = "the only one" if len(records) == 1 else f"all {len(records)}"
            return tuple(Found(each, kind, spans, via, only) for each in records)
        what = f"of {owner.label} could be meant" if owner else "could be meant"
        more = len(records) >= MOST
        if more and not owner:
            return need.ask(
                f"Which {explain.adjective(kind, wanted)}{singular(kind)}? Name it, or say whose it is.",
                code="ambiguous",
            )
        return between(need.slot, need.param, kind, records, what, more=more)

    def _standing(
        self, need: Need, reference: Reference, records: Sequence[Record], wanted: Where, spans: tuple[Span, ...],
        owner: Found | None, *, more: bool,
    ) -> Outcome:  # fmt: skip
        kind, count, place = need.kind, reference.count or 1, abs(reference.position or 1) - 1
        order = kind.size if reference.by == "size" else need.order or kind.order
        if order is None:
            return between(need.slot, need.param, kind, records, "could be meant", more=more)
        line = in_line(records, order, descending=reference.descending)
        if place >= len(line):
            what = explain.phrase(kind, wanted, owner)
            return need.ask(
                f"There are only {len(line)}: no {place + 1}th {what}."
                if line
                else f"No {what} has a place in that line."
            )
        picked = line[place : place + count]
        if len(picked) > need.most or len(picked) < count:
            return between(need.slot, need.param, kind, picked, "are meant, but one is wanted")
        ends = (place, place + count - 1)
        equal = [each for end in ends for each in tied(line, end, order) if each not in picked]
        if equal:
            rivals = [each for each in line if each in picked or each in equal]
            return between(need.slot, need.param, kind, rivals, "stand at that place together")
        how = f"{_place_word(reference)} of {'more than ' if more else ''}{len(line)} {explain.adjective(kind, wanted)}{plural(kind)}"
        how = how if len(line) > 1 or more else "the only one"
        return tuple(Found(each, kind, spans, (owner,) if owner else (), how) for each in picked)

    def checked(self, need: Need, found: Sequence[Found], wanted: Mapping[str, Sequence[Scalar]]) -> Outcome:
        """The records, if all of them pass ``wanted``; else a question that says what keeps the first one out."""
        out = next((each for each in found if not fits(each.record, wanted)), None)
        return tuple(found) if out is None else need.ask(explain.kept_out(out.record, out.label, need.kind, wanted))

    async def _belongs(self, record: Record, kind: RecordKind, owner: Found) -> bool:
        where = await self.reach.within(kind, owner.record, owner.kind)
        return isinstance(where, Mapping) and fits(record, where)


def amended(said_before: Reference | None, answer: Reference) -> Reference:
    """What an answer changes about a reference: "the last one" keeps whose it is, "INV-1042" or a name stands by itself."""
    if said_before is None or answer.number or answer.email:
        return answer
    kept = replace(answer, owner=answer.owner or said_before.owner)
    if answer.name or answer.text:
        return kept
    return replace(
        kept,
        name=said_before.name, text=said_before.text, number=said_before.number, email=said_before.email,
        position=answer.position if answer.position is not None else said_before.position,
        by=answer.by if answer.position is not None else said_before.by,
        descending=answer.descending if answer.position is not None else said_before.descending,
        states={**said_before.states, **answer.states},
        every=answer.every, pronoun=False,
    )  # fmt: skip


def _name_only(reference: Reference) -> bool:
    marks = (reference.number, reference.email, reference.text, reference.position, reference.states, reference.owner)
    return bool(reference.name) and not any(marks)


def _place_word(reference: Reference) -> str:
    last, size = (reference.position or 1) < 0 or reference.descending, reference.by == "size"
    word = ("biggest" if reference.descending else "smallest") if size else ("newest" if last else "oldest")
    rank = abs(reference.position or 1)
    return f"the {word}" if rank == 1 else f"number {rank} from the {word}"


def _where(scope: Where | TooMany) -> Where:
    return scope if isinstance(scope, Mapping) else {}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
