"""From a proposal to a plan: each argument evaluated and proved, each call filled, checked and decided; all of them
together or none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from agent.extract.limits import excess
from agent.pipeline import (
    Candidate,
    ComputedSource,
    Draft,
    PhaseCallback,
    Plan,
    PromptSource,
    ProposedSource,
    Question,
    RecordSource,
    Refusal,
    Request,
    Span,
    ignore_phase,
)
from agent.planning.proposal import (
    Argument,
    Call,
    Computed,
    ComputedArgument,
    CountOf,
    Day,
    DraftedText,
    EarlierValue,
    Expression,
    FieldOf,
    Find,
    Number,
    PlanResult,
    Proposal,
    QuotedText,
    RecordArgument,
    TotalOf,
    TypedValue,
    When,
    Word,
    Words,
)
from agent.query import Moment, Plain, Quantity, Query, Worked
from agent.query.conditions import span_of as moment_span
from agent.query.results import DAYS, RecordKey, minor
from agent.query.tests import SAID, test_holds
from agent.validate import evidence, questions
from agent.validate.authorization import authorize
from agent.validate.evidence import span_of
from agent.validate.filling import DraftFilling
from agent.validate.payload import plan_digest
from agent.validate.plan_builder import MAX_STEPS, REST, step_of, too_many, unfit
from agent.validate.policy import Decision, counts_in_session, decide, nothing_confirmed
from agent.validate.records.located import LocatedRecord, counted
from agent.validate.records.lookup import Lookup
from agent.validate.records.query import RecordQuery
from agent.validate.records.scope import MOST, RecordScope
from agent.validate.slots import Pinned, Slots, Trouble
from agent.validate.typed_words import TypedWords, support_of
from agent.validate.unclaimed_text import UnclaimedText
from agent.validate.values import Parameter, Read, from_words, value_shown
from agent.validate.verified_spans import VerifiedSpan, find_answer
from agent.validate.weighty import unaccounted
from core.actor import Actor
from core.display_text import to_display_text
from core.errors import NotCanonical
from registry.catalogue import Catalogue
from registry.conditions import condition as conditions
from registry.contract import Contract, Risk, Unit
from registry.records import Kinds

_MONEY: Final = (Unit.MONEY, Unit.MONEY_MINOR)
_TIMES: Final = {Unit.DAYS: "days", Unit.HOURS: "hours", Unit.MINUTES: "minutes", Unit.SECONDS: "seconds"}
_BLANK: Final = re.compile(r"\{(\d{1,2})\}")


@dataclass
class _Planned:
    """What has been planned so far."""

    steps: list[Any] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    contracts: list[Contract] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    idle: list[str] = field(default_factory=list)
    used: list[Span] = field(default_factory=list)


async def plan_proposal(
    request: Request,
    proposal: Proposal,
    *,
    run_id: str,
    actor: Actor,
    catalogue: Catalogue,
    kinds: Kinds,
    confirmed_in_session: Callable[[str], bool],
    thread: Mapping[str, tuple[RecordKey, ...]] | None = None,
    on_phase: PhaseCallback = ignore_phase,
    evaluator: conditions.Evaluator,
) -> Plan | Question | Refusal:
    """A plan whose every value is proven or shown, or the first thing that stands in the way. ``proposal`` holds a
    plan; ``thread`` maps handles to records, ``evaluator`` judges the policies' conditions. Raises
    core.errors.PlatformUnavailable."""
    assert isinstance(proposal.result, PlanResult)
    reach = RecordScope(kinds, actor, request.surface)
    query = Query(request, reach, thread=thread or {}, on_phase=on_phase)
    planner = _Planner(request, proposal, query, catalogue, actor, run_id, confirmed_in_session, on_phase, evaluator)
    return await planner.plan(proposal.result.calls)


class _Planner:
    def __init__(
        self,
        request: Request,
        proposal: Proposal,
        query: Query,
        catalogue: Catalogue,
        actor: Actor,
        run_id: str,
        confirmed_in_session: Callable[[str], bool],
        on_phase: PhaseCallback,
        policies: conditions.Evaluator,
    ) -> None:
        self.policies = policies
        self.request, self.proposal, self.query, self.catalogue = request, proposal, query, catalogue
        self.actor, self.run_id, self.confirmed, self.on_phase = actor, run_id, confirmed_in_session, on_phase
        self.unclaimed = UnclaimedText(request.model_copy(update={"text": ""}), [], tuple(query.kinds))
        self.lookup = Lookup(request, self.unclaimed, query.context.reach, query.context.scene, on_phase)
        self.typed = TypedWords(request)
        self.made = _Planned()

    async def plan(self, calls: Sequence[Call]) -> Plan | Question | Refusal:
        if len(calls) > MAX_STEPS:
            return too_many(len(calls))
        for answer in self.request.answers:
            if (why := excess(answer.text or "")) is not None:
                return Refusal(code="too_complex", detail=why)
        for at, call in enumerate(calls):
            contract = self.catalogue.get(call.action)
            version = contract.version if contract is not None else 1
            contract_or_refusal = authorize(
                self.catalogue, call.action, version, actor=self.actor, surface=self.request.surface
            )
            if isinstance(contract_or_refusal, Refusal):
                return contract_or_refusal
            trouble = await self._call(at, call, contract_or_refusal)
            if trouble is not None:
                return trouble
        made = self.made
        if not made.steps:
            told = " ".join(dict.fromkeys(made.idle[:3]))
            return Refusal(code="condition_unmet", detail=f"{told} There is nothing to do.".strip())
        for (kind, record_id), words in self.query.records.slips.items():
            pinned = next(
                (
                    pin
                    for step in made.steps
                    for pin in step.pins
                    if (pin.record_kind, pin.record_id) == (kind, record_id)
                ),
                None,
            )
            if pinned is not None:
                made.reasons.append(f"You wrote {questions.said(words)}; this is {pinned.label}.")
        if (open_words := self._unaccounted()) is not None:
            return open_words
        held = [
            *dict.fromkeys(decision.why for decision in made.decisions if decision.why is not None),
            *dict.fromkeys(made.reasons),
        ]
        steps = tuple(made.steps)
        return Plan(
            run_id=self.run_id,
            steps=steps,
            held=tuple(held),
            approvals=max(1 if held else 0, *(decision.approvals for decision in made.decisions)),
            expires_s=min(contract.confirmation.expires_s for contract in made.contracts),
            digest=plan_digest(steps, run_id=self.run_id, actor=self.actor, surface=self.request.surface),
        )

    async def _call(self, at: int, call: Call, contract: Contract) -> Trouble | None:
        if call.condition is not None:
            judged = await self._holds(at, call.condition)
            if isinstance(judged, Question):
                return judged
            holds, told = judged
            (self.made.reasons if holds == call.condition.holds else self.made.idle).append(told)
            if holds != call.condition.holds:
                return None
        records = await self._records(at, call, contract)
        if isinstance(records, Question):
            return records
        fanned = next(
            (name for name, found in records.items() if len(found) > 1 and not _is_array(contract, name)), None
        )
        groups = [records] if fanned is None else [{**records, fanned: (each,)} for each in records[fanned]]
        if len(groups) + len(self.made.steps) > MAX_STEPS:
            return too_many(len(groups) + len(self.made.steps))
        if fanned is not None:
            found = records[fanned]
            self.made.reasons.append(f"This is {counted(len(found), found[0].kind)}, with a call for each.")
        for group in groups:
            trouble = await self._step(at, call, contract, group)
            if trouble is not None:
                return trouble
        return None

    async def _step(
        self, at: int, call: Call, contract: Contract, records: Mapping[str, tuple[LocatedRecord, ...]]
    ) -> Trouble | None:
        pinned: dict[str, Pinned] = {
            name: found if _is_array(contract, name) else found[0] for name, found in records.items()
        }
        draft = Draft(action=contract.name, version=contract.version)
        slots = Slots(at, draft, contract, self.request, self.unclaimed, pinned, guesses=False)
        later: list[str] = []
        for name, argument in call.arguments.items():
            if (
                name in records
                or find_answer(self.request, slots.slot(name)) is not None
                or name not in contract.properties
            ):
                continue
            if contract.annotation(name).record is not None and isinstance(argument, RecordArgument):
                continue
            if contract.annotation(name).currency_from or isinstance(argument, ComputedArgument):
                later.append(name)
                continue
            value = await self._value(slots, contract, name, argument, records)
            if isinstance(value, Question | Refusal):
                return value
            if value is not None:
                pinned[name] = value
        filling = DraftFilling(slots, self.lookup)
        # Records and what follows from them come first: an amount is read in the currency of its invoice.
        trouble = await filling.fill_records() or filling.fill_values(but=later)
        for name in later if trouble is None else ():
            value = await self._value(slots, contract, name, call.arguments[name], records)
            if isinstance(value, Question | Refusal):
                return value
            if value is not None:
                pinned[name] = value
        trouble = trouble or filling.fill_values(only=later) or await filling.fill_missing() or unfit(slots)
        if trouble is not None:
            return trouble
        self.on_phase("checking")
        if (over := self._over(slots)) is not None:
            return over
        earlier = self.confirmed if counts_in_session(contract, self.actor) else nothing_confirmed
        decision = await decide(
            contract, slots.params, slots.fields, earlier, self.policies, workspace=self.actor.workspace
        )
        try:
            step = step_of(slots, decision, (), run_id=self.run_id, actor=self.actor)
        except NotCanonical as error:
            detail = f"“{contract.title}” would carry a value that can't be signed: {error.detail}"
            return Refusal(code="invalid", detail=detail)
        self.made.steps.append(step)
        self.made.decisions.append(decision)
        self.made.contracts.append(contract)
        self.made.reasons += evidence.reasons_to_hold(step.filled)
        return None

    # ── records ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _records(
        self, at: int, call: Call, contract: Contract
    ) -> dict[str, tuple[LocatedRecord, ...]] | Question:
        """The records of the arguments that refer to one; those that speak of another argument's after it."""
        wanted = {
            name: argument.reference
            for name, argument in call.arguments.items()
            if isinstance(argument, RecordArgument) and name in contract.properties
        }
        found: dict[str, tuple[LocatedRecord, ...]] = {}
        for name in sorted(wanted, key=lambda name: len(_handles(wanted[name], wanted))):
            annotation = contract.annotation(name)
            kind = self.query.kinds.get(annotation.record or "")
            if kind is None:
                continue
            reference = wanted[name]
            most = MAX_STEPS
            if _is_array(contract, name):
                most = min(int(contract.properties[name].get("maxItems", MOST - 1)), MOST - 1)
            elif isinstance(reference, Find) and reference.pick == "one":
                most = 1
            need = RecordQuery(f"{at}.{name}", name, kind, annotation.filter, annotation.order, most)
            outcome = await self.query.records.find(need, reference, found)
            if isinstance(outcome, Question):
                return outcome
            support = support_of(reference, self.typed, self.query.kinds)
            if support != "typed" and find_answer(self.request, need.slot) is None:
                if support == "none":
                    records = [each.record for each in outcome]
                    lead = f"No words of yours name {'it' if len(records) == 1 else 'them'}. Is it"
                    return questions.between(need.slot, name, kind, records, "", lead=lead)
                label = questions.label_of(name, contract.properties[name], annotation)
                self.made.reasons.append(f"The model worked out {label} by itself; check that it is the right one.")
            if outcome:
                found[name] = outcome
                for each in outcome:
                    self.query.context.scene.add(each)
        return found

    # ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _value(
        self,
        slots: Slots,
        contract: Contract,
        name: str,
        argument: Argument,
        records: Mapping[str, tuple[LocatedRecord, ...]],
    ) -> Read | Trouble | None:
        """The argument's value with its source; None where it is left to the contract (nothing supports it, and it is
        optional)."""
        parameter = slots.parameter(name)
        match argument:
            case QuotedText(quote=quote):
                return self._quoted(slots, parameter, quote)
            case TypedValue():
                return self._typed(slots, contract, parameter, argument)
            case DraftedText():
                return await self._drafted(slots, contract, parameter, argument, records)
            case ComputedArgument(expression=expression):
                return await self._computed(slots, contract, parameter, expression, records)
            case EarlierValue(value=value, record=kind, record_id=record_id, field=held):
                source = RecordSource(
                    record_kind=kind,
                    record_id=record_id,
                    label=f"{kind} {record_id}",
                    field=held,
                    reading="the value before",
                )
                return Read(value, value_shown(parameter, value), source)
            case RecordArgument():
                return None
        raise AssertionError(argument)

    def _quoted(self, slots: Slots, parameter: Parameter, quote: Words) -> Read | Trouble | None:
        spans = span_of(quote)
        if spans:
            text = spans[0].text
            return Read(text, value_shown(parameter, text), PromptSource(spans=spans))
        return self._unsupported(slots, parameter, quote.text)

    def _typed(
        self, slots: Slots, contract: Contract, parameter: Parameter, argument: TypedValue
    ) -> Read | Trouble | None:
        value = _fitting(parameter, argument.value)
        source = evidence.prove(parameter, argument, value, self.request.now)
        if source is not None and source.read_by == "model" and not evidence.may_be_read(contract, parameter.name):
            source = None
        if source is not None:
            return Read(value, value_shown(parameter, value), source)
        if evidence.may_be_proposed(contract, parameter.name):
            return Read(value, value_shown(parameter, value), ProposedSource())
        return self._unsupported(slots, parameter, value)

    def _unsupported(self, slots: Slots, parameter: Parameter, value: Any) -> Trouble | None:
        """No words say it: left out where it may be, asked for where it may not, with what was proposed as the first
        choice."""
        if parameter.name not in slots.contract.required:
            return None
        asked = slots.ask(
            parameter.name,
            questions.ask_for(parameter.name, parameter.schema, parameter.annotation, None),
            "missing",
        )
        choices = questions.choices(parameter.schema)
        first = [each for each in choices if each.id == questions.member_id(value)]
        rest = [each for each in choices if each not in first]
        return asked.model_copy(update={"candidates": (*first, *rest)})

    async def _drafted(
        self,
        slots: Slots,
        contract: Contract,
        parameter: Parameter,
        argument: DraftedText,
        records: Mapping[str, tuple[LocatedRecord, ...]],
    ) -> Read | Trouble | None:
        if not evidence.may_be_proposed(contract, parameter.name):
            return self._unsupported(slots, parameter, argument.text)
        fills: list[str] = []
        used: list[LocatedRecord] = []
        if support_of(argument, self.typed, self.query.kinds) == "none":
            return self._unsupported(slots, parameter, argument.text)
        for each in argument.fills:
            worked = await self.query.arithmetic.work_out(each, self._need(slots, parameter), records)
            if isinstance(worked, Question):
                return worked
            fills.append(to_display_text(worked.shown))
            used += worked.found
        blanks = [int(match[1]) for match in _BLANK.finditer(argument.text)]
        if any(not 0 < blank <= len(fills) for blank in blanks) or set(blanks) != set(range(1, len(fills) + 1)):
            return slots.ask(parameter.name, f"{parameter.label}: what shall it say?", "missing")
        text = _BLANK.sub(lambda match: fills[int(match[1]) - 1], argument.text)
        reading = "; ".join(dict.fromkeys(found.named for found in used))
        return Read(text, questions.shown(text), ProposedSource(reading=reading))

    async def _computed(
        self,
        slots: Slots,
        contract: Contract,
        parameter: Parameter,
        expression: Expression,
        records: Mapping[str, tuple[LocatedRecord, ...]],
    ) -> Read | Trouble | None:
        need = self._need(slots, parameter)
        worked = await self.query.arithmetic.work_out(expression, need, records)
        if isinstance(worked, Question):
            return worked
        value = self._coerced(slots, parameter, worked)
        if isinstance(value, Question):
            return value
        proof = _proof(expression)
        support = support_of(expression, self.typed, self.query.kinds)
        proof = "none" if support == "none" else "model" if support == "read" and proof == "code" else proof
        if proof == "none":
            return self._unsupported(slots, parameter, value)
        if proof == "model" and not evidence.may_be_read(contract, parameter.name):
            return self._unsupported(slots, parameter, value)
        return Read(value, value_shown(parameter, value), self._source(expression, worked, proof, parameter))

    def _source(
        self, expression: Expression, worked: Worked, proof: str, parameter: Parameter
    ) -> PromptSource | ComputedSource | RecordSource:
        spans = tuple(span for words in worked.words for span in span_of(words))
        read_by = "model" if proof == "model" else "code"
        if isinstance(expression, Number | Day | Word):
            text = spans[0].text if spans else ""
            how = "" if worked.shown == text else f"{text} → {worked.shown}"
            if isinstance(worked.value, Moment) and proof == "model":
                quoted = VerifiedSpan(text, spans)
                read = from_words(parameter, quoted, self.request.now) if spans else None
                if isinstance(read, Read) and str(read.value)[:10] == worked.value.text[:10]:
                    read_by = "code"
            return PromptSource(spans=spans, reading=how, read_by=read_by)
        if isinstance(expression, FieldOf) and len(worked.found) == 1:
            found = worked.found[0]
            return RecordSource(
                record_kind=found.record.kind,
                record_id=found.record.id,
                label=found.label,
                field=expression.field,
                spans=spans,
                reading=worked.reading,
            )
        return ComputedSource(
            reading=worked.reading or worked.shown,
            spans=spans,
            records=tuple(dict.fromkeys(each.named for each in worked.found)),
            read_by=read_by,
        )

    def _coerced(self, slots: Slots, parameter: Parameter, worked: Worked) -> Any | Question:
        """A worked value in the parameter's own type and unit; nothing is converted but minor units and whole
        numbers."""
        value, unit, label = worked.value, parameter.annotation.unit, parameter.label
        if isinstance(value, Moment):
            made = _written_date(parameter, value, self.request.now)
            return (
                made if made is not None else slots.ask(parameter.name, f"{label}: on which day exactly?", "unreadable")
            )
        if isinstance(value, Plain):
            return _fitting(parameter, value.value)
        if unit in _MONEY:
            return self._money(slots, parameter, value)
        number, wanted = value.number, _TIMES.get(unit) if unit is not None else None
        if value.is_money or (wanted is not None and value.unit not in (None, wanted)):
            changed = _in_days(value) if wanted == DAYS else None
            if changed is None:
                what = wanted or (unit.value if unit else "a number")
                return slots.ask(
                    parameter.name, f"{value.shown} can't be {label}: it takes {what}. What shall it be?", "unreadable"
                )
            number = changed
        if parameter.schema.get("type") == "integer" or parameter.item().schema.get("type") == "integer":
            if number != number.to_integral_value():
                return slots.ask(
                    parameter.name, f"{value.shown} is no whole number. What shall {label} be?", "unreadable"
                )
            return int(number)
        if parameter.schema.get("type") == "string":
            return f"{number.normalize():f}"
        return float(number)

    def _money(self, slots: Slots, parameter: Parameter, value: Quantity) -> Any | Question:
        currency = parameter.currency
        said = value.unit
        if said is not None and currency is not None and said != currency and not _loose(said, currency):
            text = f"{value.shown}: {parameter.label} is in {currency} here and nothing is converted. How much is it in {currency}?"  # noqa: E501
            return slots.ask(parameter.name, text, "unreadable")
        unit = currency or said
        if parameter.annotation.unit is Unit.MONEY:
            return float(value.number) if parameter.schema.get("type") != "string" else f"{value.number:f}"
        if unit is None:
            return slots.ask(
                parameter.name, f"In which currency is {value.shown}? Say the amount with its currency.", "unreadable"
            )
        return minor(value.number, unit)

    # ── checks ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _over(self, slots: Slots) -> Question | None:
        """What the record allows is checked before a card is held: a refund above what is left is said, not held."""
        for name in slots.contract.properties:
            bound, filled = slots.annotation(name).at_most, slots.filled.get(name)
            group = slots.records.get(bound.parameter, ()) if bound is not None else ()
            if bound is None or filled is None or len(group) != 1 or not isinstance(filled.value, int | float):
                continue
            held, each = group[0].record.values.get(bound.field), group[0].kind.field_named(bound.field)
            if (
                isinstance(held, int | float)
                and not isinstance(held, bool)
                and filled.value > held
                and each is not None
            ):
                most = value_shown(slots.parameter(name), held)
                text = f"{filled.label} would be {filled.shown}, and {group[0].label} allows at most {most}. How much shall it be?"  # noqa: E501
                return slots.ask(name, text, "unreadable")
            if isinstance(filled.value, int | float) and filled.value <= 0:
                text = f"{filled.label} would be {filled.shown}. How much shall it be?"
                return slots.ask(name, text, "unreadable")
        return None

    async def _holds(self, at: int, when: When) -> tuple[bool, str] | Question:
        """Whether the tests hold, and what the card says of it."""
        need = RecordQuery(f"{at}.if", "if", next(iter(self.query.kinds)))
        results: list[bool] = []
        told: list[str] = []
        if support_of(when, self.typed, self.query.kinds) == "none":
            text = "It is not clear which record the “if” is about. Say it by its name or number."
            return Question(slot=f"{at}.if", code="unreadable", text=text)
        for test in when.tests:
            left = await self.query.arithmetic.work_out(test.left, need)
            if isinstance(left, Question):
                return left
            right = await self.query.arithmetic.work_out(test.right, need)
            if isinstance(right, Question):
                return right
            held = test_holds(left, test.op, right)
            if held is None:
                text = f"I can't compare {left.shown} with {right.shown}. Say what shall be done without the “if”."
                return Question(slot=f"{at}.if", code="unreadable", text=text)
            results.append(held)
            told.append(f"{left.reading or left.shown} {SAID[test.op]} {right.shown}: {'yes' if held else 'no'}")
        holds = all(results) if when.join == "all" else any(results)
        return holds, "; ".join(told)[:1].upper() + "; ".join(told)[1:] + "."

    def _unaccounted(self) -> Question | None:
        """Words that change the deal and that nothing accounts for stop the plan; the person says whether the rest is
        meant."""
        changes = any(contract.risk is not Risk.READ for contract in self.made.contracts)
        if not changes or find_answer(self.request, REST) is not None or self.request.given is not None:
            return None
        left = unaccounted(self.request, self.proposal, self.made.contracts, tuple(self.query.kinds))
        if not left:
            return None
        words = ", ".join(questions.said(each) for each in left[:3])
        does = "; ".join(step.preview for step in self.made.steps)[:400]
        offered = Candidate(id=REST, label="Yes, without that", detail=does)
        text = f"You also wrote {words}, and I can't do that part. Shall I do the rest?"
        return Question(slot=REST, code="unclear_action", text=text, candidates=(offered,), free_text=True)

    def _need(self, slots: Slots, parameter: Parameter) -> RecordQuery:
        kind = next(iter(self.query.kinds))
        return RecordQuery(slots.slot(parameter.name), parameter.name, kind)


def _handles(reference: Any, own: Mapping[str, Any]) -> set[str]:
    """The arguments of the same call that a reference speaks of."""
    names = set(re.findall(r'"handle":"@([^"]+)"', reference.model_dump_json()))
    return names & set(own)


def _is_array(contract: Contract, name: str) -> bool:
    schema = contract.properties.get(name)
    return isinstance(schema, Mapping) and schema.get("type") == "array"


def _fitting(parameter: Parameter, value: Any) -> Any:
    """A value in the JSON type that the schema asks for, where that changes nothing of it: "3" where 3 is wanted, or 3
    where "3" is; a closed set's member but for its case."""
    schema = parameter.schema
    members = questions.closed_set(schema)
    if members and not any(value == each and type(value) is type(each) for each in members):
        level = str(value).replace("_", " ").casefold()
        return next(
            (each for each in members if isinstance(each, str) and each.replace("_", " ").casefold() == level), value
        )
    kind = schema.get("type")
    if kind == "string" and isinstance(value, int | float) and not isinstance(value, bool):
        return f"{Decimal(str(value)).normalize():f}"
    if kind in ("integer", "number") and isinstance(value, str):
        try:
            number = Decimal(value.strip())
        except ArithmeticError:
            return value
        whole = number.is_finite() and number == number.to_integral_value()
        return int(number) if whole else float(number) if number.is_finite() and kind == "number" else value
    if kind == "integer" and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _proof(expression: Expression) -> str:
    """Who vouches for the leaves of an expression: ``code``, ``model`` where only a model reads one, ``none`` where no
    words say one."""
    match expression:
        case Number(number=number, quote=quote):
            if not span_of(quote):
                return "none"
            return "code" if evidence.number_is_typed(number, quote) else "model"
        case Day(quote=quote) | Word(quote=quote):
            return "model" if span_of(quote) else "none"
        case Computed(op=op, a=a, b=b):
            proofs = {_proof(a), _proof(b)}
            # A factor may follow from words that stand elsewhere ("half"); no more than a model's reading of them.
            # What is added or taken away was typed itself.
            alone = proofs == {"none"} or ("none" in proofs and op not in "*/")
            return "none" if alone else "model" if proofs & {"none", "model"} else "code"
        case FieldOf() | CountOf() | TotalOf():
            return "code"
    return "model"


def _written_date(parameter: Parameter, value: Moment, now: datetime) -> str | None:
    """A moment as the schema writes it: a day, or a point in time; None where it was said too vaguely."""
    text, fmt = value.text, parameter.schema.get("format")
    if len(text) < len("2026-10-22"):
        return None
    if fmt == "date-time":
        if "T" not in text:
            return None
        zone = now.tzinfo
        assert zone is not None
        return moment_span(value, zone)[0].isoformat().replace("+00:00", "Z")
    return text[:10] if fmt == "date" else text


def _in_days(value: Quantity) -> Decimal | None:
    """Weeks as days; a month is no fixed number of them."""
    if value.unit == "weeks":
        return value.number * 7
    return value.number * 14 if value.unit == "fortnights" else None


def _loose(said: str, currency: str) -> bool:
    """Whether a sign like "$" that was read as ``said`` may stand for the currency here."""
    return said == "USD" and currency in ("CAD", "AUD", "NZD", "SGD", "HKD", "MXN")
