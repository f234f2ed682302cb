"""Record lookup: runs what a reader of functions read as queries of records, owners before what belongs to them, and
reads answers about them. Never picks one where two could be meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from agent.extract.answer_words import list_cores
from agent.extract.references.parse import parse
from agent.extract.references.value import Reference
from agent.pipeline import Answer, Question, Span
from agent.planning.proposal import BelongsTo, Find, First, Handle, OrderByField, Words
from agent.query.answered_references import (
    JOINT,
    ask_again,
    asks_again,
    choose,
    is_denied,
    list_typed,
    names_another,
    remember_unoffered,
)
from agent.query.references import Query
from agent.validate.coverage.unclaimed_text import UnclaimedText
from agent.validate.questions import MAX_CANDIDATES, ask_between, describe_filter, quote_words
from agent.validate.records.located import (
    LocatedRecord,
    Outcome,
    RecordQuery,
    amend_reference,
    fits,
    has_name_only,
    merge_filters,
    name_kind,
    name_kinds,
)
from agent.validate.records.ranking import Fit, rate_fit
from agent.validate.slots import VerifiedSpan, find_answer
from registry.records import RecordKind

MOST_STRANGERS: Final = 8
"""Most look-ups of words that turn out to name nobody."""
MOST_DEEP: Final = 8
"""Most records on the way to the wanted one ("the tickets of the customer of invoice 1042")."""


class Lookup:
    """The look-ups of one request. All its steps share ``scene``, so that "his" and "it" find what was mentioned."""

    def __init__(self, query: Query, unclaimed: UnclaimedText) -> None:
        self.records, self.unclaimed = query.records, unclaimed
        self.request, self.reach, self.scene = query.context.request, query.context.reach, query.context.scene
        self.kinds = query.kinds
        self.on_phase = query.context.on_phase
        self._telling: list[str] = []
        self._deep = 0

    def read(self, words: str, kind: RecordKind) -> Reference:
        return parse(words, kind, tuple(self.kinds))

    def get_answer(self, slot: str) -> tuple[Answer, VerifiedSpan] | None:
        """The latest answer to ``slot``.

        None while that answer's own words are looked up: "it" and "the one" point at what was asked about, and an
        answer can't explain itself.
        """
        return None if slot in self._telling else find_answer(self.request, slot)

    async def find_meant(
        self,
        need: RecordQuery,
        reference: Reference | None,
        spans: tuple[Span, ...],
        owner: LocatedRecord | None = None,
    ) -> Outcome:
        """The records that ``reference`` or an answer to the slot refers to. Empty if nothing was said about them.
        ``owner`` is the owner that another parameter gives. Raises PlatformUnavailable."""
        if self._deep >= MOST_DEEP:
            return need.ask(f"Too many records stand on the way to that {name_kind(need.kind)}. Which one do you mean?")
        self._deep += 1
        try:
            return await self._find_meant(need, reference, spans, owner)
        finally:
            self._deep -= 1

    async def _find_meant(
        self, need: RecordQuery, reference: Reference | None, spans: tuple[Span, ...], owner: LocatedRecord | None
    ) -> Outcome:
        self.on_phase("looking")
        answer = self.get_answer(need.slot)
        name = reference.name if reference is not None and has_name_only(reference) else None
        if answer is None:
            settled = self.scene.settled.get((need.kind.name, name.casefold())) if name is not None else None
            if settled is not None and fits(settled.record, need.filter):
                return (replace(settled, spans=spans),)
            outcome = await self._refer(need, reference, spans, owner)
        elif answer[0].choice is not None:
            outcome = await self._fetch_chosen(need, answer[0].choice, (*spans, *answer[1].spans), owner)
        else:
            self._telling.append(need.slot)
            try:
                outcome = await self._find_told(need, reference, spans, owner)
            finally:
                self._telling.remove(need.slot)
        if name is not None and isinstance(outcome, tuple) and len(outcome) == 1:
            # One name means one record within a request: "refund Adam … and suspend Adam" asks once which Adam.
            self.scene.settled[need.kind.name, name.casefold()] = outcome[0]
        return outcome

    async def _find_told(
        self, need: RecordQuery, reference: Reference | None, spans: tuple[Span, ...], owner: LocatedRecord | None
    ) -> Outcome:
        """The records that the typed answers mean, read in turn. One that was not offered is remembered, so that a
        person sees it on a card."""
        outcome = before = await self._refer(need, reference, spans, owner)
        for words, places in list_typed(self.request, need.slot):
            answer = VerifiedSpan(words, places)
            outcome = await self._read_answer(need, reference, before, answer, spans, owner)
            if isinstance(before, Question) and before.candidates and not isinstance(outcome, Question):
                remember_unoffered(self.records.context, outcome, before, words)
            before = before if asks_again(outcome, before) else outcome  # only the latest answer is quoted
        return outcome

    async def _read_answer(
        self,
        need: RecordQuery,
        reference: Reference | None,
        before: Outcome,
        answer: VerifiedSpan,
        spans: tuple[Span, ...],
        owner: LocatedRecord | None,
    ) -> Outcome:
        """The records that a typed answer means after the question ``before`` it.

        First, the one candidate that its words choose ("2", "the one with the bakery"), then what they say about the
        reference. Otherwise the candidates are offered again.
        """
        told = (*spans, *answer.spans)
        offered = before if isinstance(before, Question) and before.candidates else None
        if offered is not None and not is_denied(answer.text):
            held = [await self.kinds.record(need.kind.name, each.id) for each in offered.candidates]
            chosen = choose(answer.text, [each for each in held if each is not None], need.kind)
            if len(chosen) == 1:
                return await self._fetch_chosen(need, chosen[0].id, told, owner)
        if offered is not None and not names_another(answer.text, offered):
            return ask_again(offered, answer.text)
        if several := await self._find_listed(need, answer, told, owner):
            return several
        core = min(list_cores(answer.text), key=len, default=answer.text)
        outcome: Outcome = ()
        for words in dict.fromkeys((answer.text, core)):
            read = self.read(words, need.kind)
            if read.pronoun and read.name and words != core:
                continue  # "Lucy should take it" names Lucy, and not whom "it" belongs to
            outcome = await self._refer(need, amend_reference(reference, read), told, owner)
            if not isinstance(outcome, Question) or outcome.candidates:
                return outcome
        return outcome if offered is None else ask_again(offered, answer.text)

    async def _find_listed(
        self, need: RecordQuery, answer: VerifiedSpan, told: tuple[Span, ...], owner: LocatedRecord | None
    ) -> Outcome:
        """The records that a list names, one each: "Ada Berg and 5520". Empty if a part of it names none or several.
        Asks for one where no more are taken."""
        parts = [each for each in JOINT.split(answer.text) if each.strip()]
        found: list[LocatedRecord] = []
        for part in parts if 1 < len(parts) <= MAX_CANDIDATES else ():
            outcome = await self._refer(need, self.read(part, need.kind), told, owner)
            if isinstance(outcome, Question) and any(map(str.isdigit, part)):
                return outcome  # "5519 and 9" is not 5519 alone
            if isinstance(outcome, Question) or len(outcome) != 1:
                return ()
            found += outcome
        each = {one.key: one for one in found}
        if len(each) <= need.most or len(each) < len(parts):
            return tuple(each.values()) if len(each) == len(parts) else ()
        records = [one.record for one in each.values()]
        lead = f"{quote_words(answer.text)} are {len(records)} {name_kinds(need.kind)}, and this takes one:"
        return ask_between(need.slot, need.param, need.kind, records, "", lead=lead)

    async def _refer(
        self, need: RecordQuery, reference: Reference | None, spans: tuple[Span, ...], owner: LocatedRecord | None
    ) -> Outcome:
        if reference is None:
            return ()
        if reference.mine and reference.owner is None:
            return await self._find_speaker(need, spans)
        if reference.pronoun or (reference.bare and owner is None and self._named_before(need, spans)):
            return await self._find_spoken(need, spans, reference)
        if reference.owner is not None and (kind := self.kinds.get(reference.owner.kind)) is not None:
            found = await self.find_meant(need.owner(kind), reference.owner, spans)
            number = reference.owner.number
            if isinstance(found, Question) and not found.candidates and number and not reference.number:
                # "The payment for INV-1050": the number may be its own, not its owner's.
                return await self._find(need, replace(reference, number=number, owner=None), spans, owner)
        elif owner is None and reference.said is None and not reference.every:
            found = await self.find_owner_in_request(need, spans)
        else:
            found = ()
        if isinstance(found, Question):
            return found
        owner = found[0] if found else owner
        if (
            owner is not None
            and reference.text
            and reference.owner is not None
            and reference.owner.pronoun
            and owner.record.kind == reference.owner.kind
        ):
            # "Adam Novak his last invoice": the name is the owner's, not a text of the invoice.
            reference = (
                replace(reference, text=None) if any(_says(span, reference.text) for span in owner.spans) else reference
            )
        return await self._find(need, reference, (*spans, *(owner.spans if found and owner else ())), owner)

    async def find_owner_in_request(self, need: RecordQuery, spans: tuple[Span, ...]) -> Outcome:
        """The owner, if the request names one and the argument doesn't.

        That is a record named for something else already, or by words that no argument uses. Empty if the request names
        nobody.
        """
        if self.get_answer(need.slot) is not None:
            return ()
        whose = [found for each in need.kind.relations if (found := self.kinds.get(each.kind)) is not None]
        kind = next((each for each in whose if any(part.search == "name" for part in each.fields)), None)
        if kind is None:
            return ()
        named = self.unclaimed.named(kind, spans)
        spoken = self.scene.of_kind(kind.name)
        if not named and spoken:
            return await self._find_spoken(need.owner(kind), spans, Reference(kind=kind.name, pronoun=True))
        if not named:
            return await self._find_stranger(need.owner(kind), spans)
        return await self._find_named(need, need.owner(kind), named)

    async def find_in_request(self, need: RecordQuery) -> Outcome:
        """The record that unused words of the request name ("unlock ben carter"), for a kind whose records have names.
        Empty if they name none."""
        if self.get_answer(need.slot) is not None or not any(part.search == "name" for part in need.kind.fields):
            return ()
        outcome = await self._find_stranger(replace(need, filter={}), ())
        return outcome if isinstance(outcome, Question) else self.records.check(need, outcome)

    async def _find_stranger(self, owner: RecordQuery, beside: tuple[Span, ...]) -> Outcome:
        """The records that unused words name, if the platform knows such a name ("give adam novak his money back").

        Live data decides. Words that name nobody are ignored, as are words in another sentence than ``beside``. If
        several records may be meant, those listed together count ("to amir and akira").
        """
        if self.get_answer(owner.slot) is not None:
            return await self._find_answered(owner, beside)
        made: tuple[LocatedRecord, ...] = ()
        for span in self.unclaimed.strangers(beside)[:MOST_STRANGERS]:
            if made and not (owner.most > 1 and self.unclaimed.listed(made[-1].spans[-1], span)):
                break
            outcome = await self.find_meant(owner, Reference(kind=owner.kind.name, name=span.text), (span,))
            sure = isinstance(outcome, Question) or all(
                rate_fit(span.text, each.record, each.kind, "name") >= Fit.WORDS for each in outcome
            )
            if sure and isinstance(outcome, Question) and outcome.candidates:
                return outcome
            if sure and not isinstance(outcome, Question):
                made += outcome
        return made

    async def _find_answered(self, owner: RecordQuery, beside: tuple[Span, ...]) -> Outcome:
        """The record that the answer means, if a question asked what those words mean. The answer decides and is never
        ignored. The words in question tell what else could be meant."""
        outcome: Outcome = ()
        for span in self.unclaimed.strangers(beside)[:MOST_STRANGERS]:
            outcome = await self.find_meant(owner, Reference(kind=owner.kind.name, name=span.text), (span,))
            if not isinstance(outcome, Question) or outcome.candidates:
                return outcome
        return outcome or await self.find_meant(owner, None, ())

    async def _find_named(
        self, need: RecordQuery, owner: RecordQuery, named: Sequence[tuple[Reference, Span]]
    ) -> Outcome:
        found: dict[tuple[str, str], LocatedRecord] = {}
        for reference, span in named:
            outcome = await self.find_meant(owner, reference, (span,))
            if isinstance(outcome, Question) and (outcome.candidates or self.get_answer(owner.slot) is not None):
                return outcome
            if not isinstance(outcome, Question):
                found |= {each.key: each for each in outcome}
        if len(found) > 1:
            return ask_between(
                owner.slot, owner.param, owner.kind, [each.record for each in found.values()], "are named"
            )
        if not found:
            names = " and ".join(quote_words(span.text) for _, span in named[:3])
            return need.ask(f"Whose {name_kind(need.kind)} do you mean? There is no {name_kind(owner.kind)} {names}.")
        return tuple(found.values())

    def _named_before(self, need: RecordQuery, spans: tuple[Span, ...]) -> bool:
        """Whether "the account" or "the invoice" can refer to a record that the request names elsewhere."""
        return bool(self.unclaimed.named(need.kind, spans)) or len(self.scene.of_kind(need.kind.name)) == 1

    async def _find(
        self, need: RecordQuery, reference: Reference, spans: tuple[Span, ...], owner: LocatedRecord | None
    ) -> Outcome:
        """Runs a reference as a query. What was said of a record's state is demanded like what the contract demands."""
        kind = need.kind
        wanted = merge_filters(reference.states, need.filter)
        if wanted is None and (reference.number or reference.email):
            wanted = need.filter  # a number identifies it: "void" in "void invoice INV-1051" may be the verb
        if wanted is None:
            state, needed = (describe_filter(kind, reference.states), describe_filter(kind, need.filter))
            only = f"this works on {needed}{name_kinds(kind)} only"
            return need.ask(f"You asked for {state or 'other '}{name_kinds(kind)}, but {only}. Which one?")
        first: First = "latest" if reference.descending else "earliest"
        if reference.by == "size":
            first = "highest" if reference.descending else "lowest"
        placed = reference.position is not None
        find = Find(
            record=kind.name,
            said=Words(text=reference.said) if reference.said else None,
            where=(BelongsTo(owner=Handle(handle="@owner")),) if owner is not None else (),
            order=OrderByField(first=first, nth=abs(reference.position or 1)) if placed else None,
            pick=(reference.count or "one") if placed else "all" if reference.every and need.most > 1 else "one",
        )
        told = replace(need, filter=wanted, told=reference)
        outcome = await self.records.run(told, find, {"owner": (owner,)} if owner is not None else {})
        if isinstance(outcome, tuple):
            return tuple(replace(each, spans=spans) for each in outcome)
        if outcome.code != "not_found" or outcome.candidates or not (reference.name or reference.text):
            return outcome
        return await self._by_owners_name(need, reference, spans, owner) or outcome

    async def _by_owners_name(
        self, need: RecordQuery, reference: Reference, spans: tuple[Span, ...], owner: LocatedRecord | None
    ) -> Outcome:
        """Reads a name as the owner's: "refund Adam" names whose invoice it is. Empty if the words name no owner
        either."""
        above = [found for each in need.kind.relations if (found := self.kinds.get(each.kind)) is not None]
        named = next((each for each in above if any(part.search == "name" for part in each.fields)), None)
        if owner is not None or named is None:
            return ()
        whose = await self.find_meant(need.owner(named), Reference(kind=named.name, name=reference.said), spans)
        if isinstance(whose, Question):
            return whose if whose.candidates or self.get_answer(whose.slot) else ()
        rest = replace(reference, name=None, text=None)
        return await self._find(need, rest, spans, whose[0]) if whose else ()

    async def _fetch_chosen(
        self, need: RecordQuery, choice: str, spans: tuple[Span, ...], owner: LocatedRecord | None
    ) -> Outcome:
        chosen = await self.records.find_chosen(need, choice, spans)
        own = await self.reach.within(need.kind, owner.record, owner.kind) if owner else None
        if isinstance(chosen, Question) or owner is None or not isinstance(own, Mapping):
            return chosen
        return tuple(replace(each, via=(owner,)) if fits(each.record, own) else each for each in chosen)

    async def _find_speaker(self, need: RecordQuery, spans: tuple[Span, ...]) -> Outcome:
        record = await self.reach.find_speaker()
        if record is None or need.kind.name != record.kind:
            return need.ask(f"Which {name_kind(need.kind)} do you mean? You are not one yourself.", code="missing")
        return self.records.check(need, [LocatedRecord(record, need.kind, spans, reading="you")])

    async def _find_spoken(self, need: RecordQuery, spans: tuple[Span, ...], reference: Reference) -> Outcome:
        """The record that a pronoun means: the one record of this kind that was mentioned, or the one that a mentioned
        record belongs to."""
        spoken = self.scene.of_kind(need.kind.name)
        named = self.unclaimed.named(need.kind, spans) if not spoken else []
        if named:
            outcome = await self._find_named(need, replace(need, filter={}), named)
            return outcome if isinstance(outcome, Question) else self.records.check(need, outcome)
        if not spoken:
            above = [await self.reach.find_owner(each, need.kind) for each in self.scene.found]
            spoken = tuple({each.key: each for each in above if each is not None}.values())
        if not spoken and not reference.states and find_answer(self.request, need.slot) is None:
            # Names in lower case are found by searching for them. An answer to this very question adds nothing.
            stranger = await self._find_stranger(replace(need, filter={}), spans)
            if stranger:
                return stranger if isinstance(stranger, Question) else self.records.check(need, stranger)
        if len(spoken) == 1:
            again = replace(spoken[0], spans=spans, reading="spoken of before")
            wanted = merge_filters(need.filter, reference.states) or need.filter
            return self.records.check(replace(need, filter=wanted), [again])
        if spoken:
            return ask_between(need.slot, need.param, need.kind, [each.record for each in spoken], "were spoken of")
        return need.ask(f"Which {name_kind(need.kind)} do you mean? None was named before.", code="missing")


def _says(span: Span, words: str) -> bool:
    return span.text.casefold() in words.casefold() or words.casefold() in span.text.casefold()
