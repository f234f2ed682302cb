"""Checks of a plan before its card is held: limits set by records, the request's condition, ignored words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from typing import Final

from agent.extract.spans.politeness import strip_politeness
from agent.pipeline import PromptSource, Question, Refusal, Request, Span, Step
from agent.planning.proposal import (
    Call,
    Computed,
    CountOf,
    FieldOf,
    Find,
    Handle,
    PlanResult,
    Proposal,
    StateIs,
    Test,
    When,
    Words,
)
from agent.planning.quotes import find_in_request, find_places, walk
from agent.query.arithmetic import test_holds
from agent.query.context import Worked
from agent.query.differences import tell_conditions
from agent.query.other_words import explain_choices
from agent.query.references import Query
from agent.query.wording import tell_test
from agent.resolve.rules.grammar.dated_verbs import LEFT_STEMS
from agent.validate import questions
from agent.validate.consent import explain_unclear, has_consent
from agent.validate.coverage.contrary_orders import is_contrary
from agent.validate.coverage.described_only import asks_for_nothing, only_asks
from agent.validate.coverage.fragments import join_in_clause, list_outermost
from agent.validate.coverage.kept_wishes import find_kept_wish
from agent.validate.coverage.misread import find_counted_twice, repeats_what_was_done
from agent.validate.coverage.open_words import find_open_words, is_named
from agent.validate.coverage.opposed_verbs import leading_verbs
from agent.validate.coverage.order import Order
from agent.validate.coverage.read_asides import READ_AGAIN, is_explicit
from agent.validate.coverage.set_against import explain_denied, list_old_values
from agent.validate.coverage.typed_words import TypedWords, rate_support
from agent.validate.coverage.unused_words import collect_subject_stems
from agent.validate.coverage.weighty import find_unaccounted
from agent.validate.coverage.weighty_patterns import cover
from agent.validate.proposed.coverage_questions import ask_about_words, ask_whether
from agent.validate.proposed.directions import check_direction
from agent.validate.proposed.open_records import narrow_to_open
from agent.validate.proposed.proposed_days import check_days
from agent.validate.questions import REST
from agent.validate.records.located import LocatedRecord, RecordQuery, format_count, name_kind
from agent.validate.slots import Slots, format_parameter
from agent.validate.unsaid import NOTHING_UNSAID, Unsaid
from language.denials import find_denied_order
from language.opposites import TAKING_AWAY
from language.stems import ORDERS, name_stems, stem_text
from registry.catalogue import Catalogue
from registry.contract import Contract, Derive, Risk
from registry.records import Field, RecordKind

_MOST_READ: Final = 100
_MOST_TOLD: Final = 3
_ANY: Final = frozenset({(">=", "1"), (">", "0"), ("!=", "0"), ("=", "0"), ("<", "1")})
"""Comparisons of a count that only ask whether there are any."""


@dataclass(frozen=True)
class PlanChecks:
    """Checks the plan of one proposal. Each check returns a question if something stands in the way. ``left_out`` are
    the arguments of its calls, by place and name, that some step took no value from: their words were not used."""

    request: Request
    proposal: Proposal
    query: Query
    typed: TypedWords
    catalogue: Catalogue
    left_out: set[tuple[int, str]] = field(default_factory=set)

    def check_limits(self, slots: Slots) -> Question | None:
        """Checks values against what the record allows, before a card is held. A refund above the rest is reported, not
        held. The last of two days doesn't come before the first."""
        if (asked := check_days(slots) or check_direction(slots)) is not None:
            return asked
        for name in slots.contract.properties:
            bound, filled = slots.annotation(name).at_most, slots.filled.get(name)
            group = slots.records.get(bound.parameter, ()) if bound is not None else ()
            if bound is None or filled is None or len(group) != 1 or not isinstance(filled.value, int | float):
                continue
            held, each = group[0].record.values.get(bound.field), group[0].kind.field_named(bound.field)
            number = held if isinstance(held, int | float) and not isinstance(held, bool) else None
            if number is not None and each is not None and filled.value > number:
                most = format_parameter(slots.parameter(name), held)
                text = (
                    f"That would be {filled.shown}, and {group[0].label} allows at most {most}. How much should it be?"
                )
                return slots.ask(name, text, "unreadable")
            if held is None and each is not None and _may_be_unreadable(group[0].kind, each):
                text = f"How much {group[0].label} allows can't be read from its platform, so {filled.shown} can't be checked. Name another, or have it put right there."  # noqa: E501
                return slots.ask(name, text, "unreadable")
            if (asked := self._ask_share(slots, name, bound, group[0])) is not None:
                return asked
            if filled.value <= 0:
                text = f"That would be {filled.shown}. How much should it be?"
                return slots.ask(name, text, "unreadable")
        return None

    def _ask_share(self, slots: Slots, name: str, bound: Derive, found: LocatedRecord) -> Question | None:
        """Asks of which amount a share is: half of a bill of which half is paid may be all that is left."""
        sums = [each for each in walk(self.proposal.result) if isinstance(each, Computed) and each.op in "*/"]
        of = any(isinstance(each.a, FieldOf) and each.a.field == bound.field for each in sums)
        left, size = found.record.values.get(bound.field), found.kind.size
        whole = found.record.values.get(size) if size is not None else None
        if not of or not isinstance(left, int | float) or not isinstance(whole, int | float) or whole <= left:
            return None
        if not LEFT_STEMS.union(name_stems(bound.field)).isdisjoint(stem_text(self.request.text)):
            return None  # "half of what is owed"
        both = [format_parameter(slots.parameter(name), each) for each in (left, whole)]
        asked = f"Is that a share of the {both[0]} that {found.label} still allows, or of all {both[1]}?"
        return slots.ask(name, f"{asked} How much should it be?", "unreadable")

    async def check_tests(
        self, at: int, when: When, call: Call, contract: Contract
    ) -> tuple[bool, str, list[LocatedRecord]] | Question:
        """Whether the tests of a call hold, what is so of the records that decided it, and these records."""
        need = RecordQuery(f"{at}.if", "if", next(iter(self.query.kinds)))
        results: list[bool] = []
        told: list[str] = []
        judged_by: list[LocatedRecord] = []
        if rate_support(when, self.typed, self.query.kinds) == "none":
            text = "It is not clear which record the “if” is about. Say it by its name or number."
            return Question(slot=f"{at}.if", code="unreadable", text=text)
        for test in when.tests:
            left = await self.query.arithmetic.work_out(test.left, need)
            several = isinstance(left, Question) and left.code == "ambiguous"
            if several and (narrowed := narrow_to_open(test, call, contract)) is not None:
                left = await self.query.arithmetic.work_out(narrowed.left, need)
            if isinstance(left, Question):
                return left
            right = await self.query.arithmetic.work_out(test.right, need)
            if isinstance(right, Question):
                return right
            held = test_holds(left, test.op, right)
            if held is None:
                text = f"I can't compare {left.shown} with {right.shown}. Say what should be done without the “if”."
                return Question(slot=f"{at}.if", code="unreadable", text=text)
            results.append(held)
            judged_by += (*left.found, *right.found)
            told.append(await self._tell_test(test, left, right, held=held))
        holds = all(results) if when.join == "all" else any(results)
        return holds, f"{'; '.join(told)}.", judged_by

    async def _tell_test(self, test: Test, left: Worked, right: Worked, *, held: bool) -> str:
        """What is so of a test: which such records there are, or what a value is compared with."""
        of = test.left.of if isinstance(test.left, CountOf) else None
        kind = self.query.kinds.get(of.record) if isinstance(of, Find) else None
        if kind is None or not isinstance(of, Find) or (test.op, right.shown) not in _ANY:
            return tell_test(test, left, right, held=held)
        states = [f"{'not ' if each.negated else ''}{each.state}" for each in of.where if isinstance(each, StateIs)]
        said, be = questions.join(states, "and"), "is" if len(left.found) <= 1 else "are"
        if of.said is not None and len(states) < len(of.where):  # a day or an owner is no state that could be told
            need = RecordQuery("0.if", "if", kind)
            only = of.model_copy(update={"where": ()})
            about = left.found or await self.query.records.find_all(need, only)
            labels = questions.join([each.label for each in left.found[:_MOST_TOLD]], "and")
            if not isinstance(about, Question) and len(about) == 1:
                shown = tell_conditions(of.where, about[0], self.query.kinds, so=bool(left.found))
                if shown:
                    return shown
            return f"that is so of {labels}" if labels else f"that isn't so of {of.said.text}"
        if not left.found and of.said is not None and len(states) == 1:
            return f"{of.said.text} is {f'not {said}'.removeprefix('not not ')}"
        if not 0 < len(left.found) <= _MOST_TOLD:
            return f"there {be} {format_count(len(left.found), kind) if left.found else f'no such {name_kind(kind)}'}"
        found = questions.join([each.label for each in left.found], "and")
        return f"{found} {be} {said}" if states else f"there {be} {found}"

    def check_words(self, steps: Sequence[Step], contracts: Sequence[Contract]) -> Question | Unsaid:
        """What the plan leaves unsaid of a person's order that changes something."""
        if all(each.risk is Risk.READ for each in contracts) or self.request.given is not None:
            return NOTHING_UNSAID
        order = self._read_order(steps, contracts)
        return self._check_coverage(order, steps, self._find_open_words(order, steps))

    def _check_coverage(self, order: Order, steps: Sequence[Step], pieces: Sequence[str]) -> Question | Unsaid:
        """Stops the plan for words that change the deal and that nothing accounts for. The person says whether the rest
        is meant. Otherwise returns the reasons to hold it: words that only describe. ``pieces`` are open words."""
        consent = has_consent(self.request, REST)
        read_again = any(each.role in READ_AGAIN for each in self.proposal.asides or ())
        if consent and not read_again:
            return Unsaid(pieces=tuple(pieces))
        left = find_unaccounted(order)
        does = questions.preview_steps(steps)
        again = explain_unclear(self.request, REST)
        told = [f"Nothing is done about {questions.quote_several(left.told)}."] if left.told else []
        told += explain_denied(order)
        own = ORDERS & collect_subject_stems(order.contracts, self.query.kinds)
        told += _tell_expressed(join_in_clause(order, left.expressed, pieces), own)
        only_told = f"{questions.quote_several(left.stated)} may only tell what has happened: check that this is meant."
        told += [only_told] if left.stated else []
        places = {each: find_in_request(each, order.request) for each in pieces}
        wishes = {each: find_kept_wish(order, at) if at is not None else "" for each, at in places.items()}
        kept = list_outermost([*left.kept, *filter(None, wishes.values())])
        slight = _tell_expressed(left.slight, own)
        # What can't be undone may have the effect that is ruled out: its card always says what it rests on.
        final = any(step.risk is Risk.IRREVERSIBLE for step in steps)
        (told if final else slight).extend([f"This keeps to {questions.quote_several(kept)}."] if kept else [])
        unsaid = Unsaid(tuple(each for each in pieces if not wishes[each]), tuple(told), tuple(slight))
        if consent:  # the question was about the others, so the card shows what it left out
            return unsaid
        if twice := [order.text[slice(*each)] for each in find_counted_twice(order)]:
            text = f"{again}{questions.quote_several(twice)} would be counted twice: say each sum by itself."
            return Question(slot=REST, code="unclear_action", text=text, free_text=True)
        nothing = asks_for_nothing(order)
        if not left.weighty and (nothing or only_asks(order)):
            why = "Nothing in your words asks for it." if nothing else "You asked whether something is so."
            return ask_whether(f"{again}Should I do this: {does}? {why}", "Yes, do that", does)
        if not left.weighty:
            return unsaid
        repeats = repeats_what_was_done(order)
        if len(left.weighty) == 1 and repeats:
            text = f"{again}The one before was sent already. Should I do this on top of it: {does}?"
            return ask_whether(text, "Yes, on top of it", does)
        about = left.weighty if read_again else [*left.weighty, *left.expressed]  # the card will show the others
        asks_model = not (left.firm or repeats) and self._may_be_read_again(left.weighty)
        kinds, pieces = {each.name: each for each in self.query.kinds}, tuple(left.weighty) if asks_model else ()
        asked = ask_about_words(order, steps, about, kinds, framed=left.framed, read_again=pieces)
        return asked.model_copy(update={"text": f"{again}{asked.text}"})

    def refuse_contrary(self, contract: Contract) -> Refusal | None:
        """Refuses what the request says is not to be done, and what is contrary to it: "Ada should not be suspended",
        "charge her 5 euros", for a refund. A value may be denied by the words that it is read from."""
        if contract.risk is Risk.READ or self.request.answers or self.request.given is not None:
            return None
        if is_contrary(self.request.text, contract):
            detail = f"{questions.quote_words(contract.title)} does something else than you wrote. Nothing was done."
            return Refusal(code="condition_unmet", detail=detail)
        verbs = leading_verbs(contract)
        denied = find_denied_order(strip_politeness(self.request.text), verbs, forbids=verbs.isdisjoint(TAKING_AWAY))
        quoted = find_places(self.proposal.result, self.request)
        if denied is None or any(start <= denied.denial[0] < end for start, end in quoted):
            return None
        detail = f"You wrote {questions.quote_words(self.request.text[slice(*denied.said)])}, so nothing was done."
        return Refusal(code="condition_unmet", detail=detail)

    def explain_found(self, steps: Sequence[Step]) -> list[str]:
        """The card's remarks about records found under a misspelt name, or told apart by other words of the request."""
        pins = [(pin.record_kind, pin.record_id, pin.label) for step in steps for pin in step.pins]
        labels = {(kind, record_id): label for kind, record_id, label in pins}
        slips = [
            f"You wrote {questions.quote_words(words)}; this is {labels[each]}."
            for each, words in self.query.records.slips.items()
            if each in labels
        ]
        return [*slips, *explain_choices(self.query.context, pins), *dict.fromkeys(self.query.context.spared or ())]

    def _find_open_words(self, order: Order, steps: Sequence[Step]) -> tuple[str, ...]:
        """Stretches of the request that neither the plan nor the resolver mentions, without words that an answered
        question was about."""
        read = [each for step in steps for each in _list_read(step, self.request)]
        found = find_open_words(order, read)
        if not found or not has_consent(self.request, REST):
            return found
        left = find_unaccounted(order)
        return tuple(each for each in found if not is_named(each, (*left.weighty, *left.expressed, *left.slight)))

    def _read_order(self, steps: Sequence[Step], contracts: Sequence[Contract]) -> Order:
        return Order(
            self.request,
            self._take_in(self._leave_out()),
            contracts,
            tuple(self.query.kinds),
            self.catalogue,
            self.query.records.chosen_from,
            named=_numbers_of(steps, self.query),
            told_by_records=_words_of(steps),
            shown=_list_names_beside(steps, self.query),
            by_step=[_told_by(step, self.query) for step in steps],
            currencies=_list_currencies(steps, contracts),
            old_values=tuple(list_old_values(steps, contracts, self.query.kinds)),
        )

    def _take_in(self, proposal: Proposal) -> Proposal:
        """The proposal with the words that told two records apart, as used."""
        spans = [span for each in self.query.context.singled_out.values() for span in each]
        words = tuple(Words(text=each.text, origin=0, start=each.start) for each in spans)
        return proposal.model_copy(update={"replaced": (*proposal.replaced, *words)}) if words else proposal

    def _leave_out(self) -> Proposal:
        """The proposal without the arguments that are left out."""
        result = self.proposal.result
        if not self.left_out or not isinstance(result, PlanResult):
            return self.proposal
        calls = [
            call.model_copy(
                update={"arguments": {n: each for n, each in call.arguments.items() if (at, n) not in self.left_out}}
            )
            for at, call in enumerate(result.calls)
        ]
        return self.proposal.model_copy(update={"result": result.model_copy(update={"calls": tuple(calls)})})

    def _may_be_read_again(self, pieces: Sequence[str]) -> bool:
        """Whether a model's second reading of these words is accepted.

        Not if the model called them left over, and not for a condition, an exception, a limit or a part by form. Each
        call must rest on other words, or on the thread.
        """
        left_over = self.proposal.left_over
        places = [place for each in pieces if (place := find_in_request(each, self.request)) is not None]
        if len(places) < len(pieces) or any(map(is_explicit, pieces)):
            return False
        if any(each in one or one in each for each in pieces for one in left_over):
            return False
        assert isinstance(self.proposal.result, PlanResult)
        return all(self._rests_elsewhere(call, places) for call in self.proposal.result.calls)

    def _rests_elsewhere(self, call: Call, pieces: Sequence[tuple[int, int]]) -> bool:
        """Whether a call has words outside the pieces, or a record of the thread."""
        if self.request.thread and any(isinstance(node, Handle) for node in walk(call)):
            return True
        places = find_places(call, self.request)
        if any(all(end <= first or last <= start for first, last in pieces) for start, end in places):
            return True
        # A name with its owner's s ("adas") is no whole word of the request, so it has no place in it.
        covered = cover(self.request.text, pieces)
        rest = "".join(" " if covered[at] else letter for at, letter in enumerate(self.request.text))
        names = [each.said.text for each in walk(call) if isinstance(each, Find) and each.said is not None]
        said = {root for each in names for root in stem_text(each)}
        return not said.isdisjoint(stem_text(rest))


def _tell_expressed(pieces: Sequence[str], own: Set[str]) -> list[str]:
    """What the card says of words that the plan is taken to hold, but for the action's ``own`` verbs."""
    told = [each for each in pieces if not (roots := {*stem_text(each)}) or roots - own]
    be = "are" if len(told) > 1 else "is"
    meant = f"{questions.quote_several(told)} {be} taken to say this: check that nothing is missing."
    return [meant] if told else []


def _may_be_unreadable(kind: RecordKind, field: Field) -> bool:
    """Whether a missing value may be one that didn't fit its type: the field's, or its currency's."""
    currency = kind.field_named(field.currency_field) if field.currency_field is not None else None
    return field.lenient or (currency is not None and currency.lenient)


def _list_currencies(steps: Sequence[Step], contracts: Sequence[Contract]) -> frozenset[str]:
    """The codes of the currencies that the plan's amounts are in."""
    notes = [note for each in contracts for note in each.annotations.values()]
    told = {note.currency_from for note in notes}
    named = {str(each.value) for step in steps for each in step.filled if each.param in told}
    return frozenset(named | {note.currency for note in notes if note.currency})


def _words_of(steps: Sequence[Step]) -> frozenset[str]:
    """Stems of the names of the plan's records: a title says which record is meant. Nothing else of a record counts,
    because another name in it may be a recipient."""
    labels = dict.fromkeys(pin.label[:_MOST_READ] for step in steps for pin in step.pins)
    return frozenset(root for each in labels for root in stem_text(each))


def _told_by(step: Step, query: Query) -> list[str]:
    """What identifies the records of a step: numbers, titles and texts in them."""
    said: list[str] = [str(number) for number in _numbers_of([step], query)]
    for pin in step.pins:
        said += [pin.label[:_MOST_READ], *(each[:_MOST_READ] for each in pin.values.values() if isinstance(each, str))]
    return said


def _list_names_beside(steps: Sequence[Step], query: Query) -> frozenset[str]:
    """The words of the plan's preview and of the names in its records. Those names are no other people."""
    said = [step.preview for step in steps]
    for pin in (each for step in steps for each in step.pins):
        kind = query.kinds.get(pin.record_kind)
        fields = kind.fields if kind is not None else ()
        named = [each.name for each in fields if each.search == "name" or each.name.endswith("name")]
        said += [str(pin.values.get(name) or "")[:_MOST_READ] for name in named]
    return frozenset(word.casefold() for each in said for word in re.findall(r"[^\W\d_]+", each))


def _list_read(step: Step, request: Request) -> Iterator[Span]:
    """The words that code reads as a value besides those of a proposal: whole answers. An answer that a model has read
    since (``said:0.days``) is quoted in the proposal."""
    sources = (each.source for each in step.filled if isinstance(each.source, PromptSource))
    spans = (span for source in sources if source.read_by == "code" for span in source.spans if span.origin)
    return (each for each in spans if ":" not in request.answers[each.origin - 1].slot)


def _numbers_of(steps: Sequence[Step], query: Query) -> frozenset[int]:
    """The numbers that identify the records of a plan. A handle of the thread stands for them too."""
    made: set[int] = set()
    for pin in (each for step in steps for each in step.pins):
        kind = query.kinds.get(pin.record_kind)
        fields = [each.name for each in kind.fields if each.search == "number"] if kind is not None else []
        for value in (pin.record_id, *(pin.values.get(name) for name in fields)):
            made |= {int(digits) for digits in re.findall(r"\d{1,15}", str(value))}
    return frozenset(made)
