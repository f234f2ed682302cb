"""Task and outcome of planning: what to plan and for whom, and the result."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal, Protocol

from agent.extract.limits import LEAD
from agent.pipeline import (
    Abstain,
    Answer,
    Draft,
    Plan,
    Question,
    RecordSource,
    Refusal,
    Reply,
    Request,
    Resolved,
    Trace,
)
from agent.planning.proposal import Call, Find, PlanResult, Proposal
from agent.planning.quotes import walk
from agent.planning.thread import NO_THREAD, Thread, ThreadCall
from agent.query.context import RecordKey
from agent.runs.run import Run
from agent.validate.questions import REST, ask_for_action, quote_several
from core.actor import Actor, Surface
from registry.catalogue import Catalogue
from registry.conditions.condition import CheapOnly, Evaluator
from registry.contract import Risk, Unit
from registry.offers.shortlist import Shortlist
from registry.records import Kinds

CHEAP_ONLY: Final = CheapOnly()
TOO_COSTLY: Final = (
    f"{LEAD}: it took longer to work out than a request may. Say it in fewer and plainer words; nothing was done."
)
"""What is said where the budget of CPU was spent."""
NAMED_IN_PART: Final = "Only a part of the record's name was said; check that this is the one you mean."
AN_AMOUNT: Final = "Nothing has the number that you wrote, so it is read as an amount; check that it is meant."
ALSO_WROTE: Final = "Check that nothing is missing: you also wrote"
Verdict = Plan | Question | Refusal | Abstain | Reply


class Grounded(Protocol):
    """What planning works with: a workspace's contracts and record kinds, in the server or in a worker."""

    @property
    def catalogue(self) -> Catalogue: ...

    @property
    def kinds(self) -> Kinds: ...

    def shortlist(self, actor: Actor, surface: Surface) -> Shortlist: ...


CORRECTED: Final = "It takes the place of an earlier card, so it waits for a yes."
ON_TOP: Final = "It repeats what was asked for before, so it waits for a yes."


@dataclass(frozen=True)
class Task:
    """What to plan, for whom and with what.

    - ``drafts``, ``proposal``: resolved before, and only validated again.
    - ``only``: restricts the actions.
    - ``confirmed``: digests of contracts confirmed in this session.
    - ``thread``, ``calls``: map handles to records, and to earlier calls.
    - ``hold``: why a write must be confirmed, whatever its policy.
    - ``must_wait``: why any plan must wait.
    - ``evaluator``: judges the policies' conditions.
    """

    request: Request
    actor: Actor
    workspace_context: Grounded
    run_id: str
    confirmed: Collection[str] = ()
    only: Collection[str] | None = None
    drafts: tuple[Draft, ...] = ()
    proposal: Proposal | None = None
    thread: Mapping[str, tuple[RecordKey, ...]] = field(default_factory=dict)
    calls: Mapping[str, ThreadCall] = field(default_factory=dict)
    hold: str = ""
    must_wait: str = ""
    evaluator: Evaluator = CHEAP_ONLY

    @property
    def stands(self) -> bool:
        """Whether it was resolved before and is only validated again."""
        return bool(self.drafts) or self.proposal is not None


@dataclass(frozen=True)
class Withdrawal:
    """Earlier runs of the thread to withdraw together with storing this outcome, and why."""

    runs: tuple[str, ...] = ()
    why: Literal["Corrected", "Taken back", "Answered"] = "Corrected"


NOTHING_WITHDRAWN: Final = Withdrawal()


@dataclass(frozen=True)
class Outcome:
    """The result of planning.

    - ``verdict``: over what was ``resolved`` (None if it was resolved before).
    - ``took_ms``: the time of validation alone.
    - ``waits``: reasons from the thread to hold the plan.
    - ``records``: handles that code made for the proposal.
    - ``answers``: the run's answers from now on, if they were read together with the request.
    - ``text``: the run's words from now on, if an answer was a request of its own.
    - ``hold``: why a person must confirm a change, even if it is planned only after a question.
    """

    verdict: Verdict
    resolved: Resolved | None = None
    drafts: tuple[Draft, ...] = ()
    proposal: Proposal | None = None
    confidence: float | None = None
    took_ms: float = 0.0
    waits: tuple[str, ...] = ()
    records: Mapping[str, tuple[RecordKey, ...]] = field(default_factory=dict)
    withdrawal: Withdrawal = NOTHING_WITHDRAWN
    answers: tuple[Answer, ...] | None = None
    text: str | None = None
    hold: str = ""


ProposeRun = Callable[[Run, Sequence[Run]], Awaitable[tuple[Thread, Outcome]]]
"""Plans a run after the earlier ones of its thread."""


def list_planned_actions(outcome: Outcome) -> tuple[str, ...]:
    """The actions of the proposed calls, in order."""
    result = outcome.proposal.result if outcome.proposal is not None else None
    return tuple(call.action for call in result.calls) if isinstance(result, PlanResult) else ()


def is_not_found(verdict: Verdict) -> bool:
    return isinstance(verdict, Question) and verdict.code == "not_found"


def finds_nothing(verdict: Verdict) -> bool:
    """Whether nothing was found that the plan could act on."""
    return (isinstance(verdict, Question) and verdict.code in ("not_found", "missing")) or isinstance(verdict, Refusal)


def is_harmless(task: Task, outcome: Outcome) -> bool:
    """Whether a plan moves no money and can be undone."""
    contracts = [task.workspace_context.catalogue.get(name) for name in list_planned_actions(outcome)]
    return all(
        each is not None
        and each.risk is not Risk.IRREVERSIBLE
        and not any(note.unit in (Unit.MONEY, Unit.MONEY_MINOR) for note in each.annotations.values())
        for each in contracts
    )


def hold_or_ask(task: Task, outcome: Outcome, why: str) -> Outcome:
    """A plan whose action no word names, held: its card shows everything and changes nothing. What can't be undone is
    asked about first."""
    contracts = [task.workspace_context.catalogue.get(name) for name in list_planned_actions(outcome)]
    final = any(each is None or each.risk is Risk.IRREVERSIBLE for each in contracts)
    return ask_which(task, list_planned_actions(outcome), outcome) if final else hold(outcome, why)


def passes_over(proposal: Proposal, other: Proposal) -> bool:
    """Whether a plan takes only the owner in "Ada's lamp", and another one, of another action, the lamp too."""
    mine, theirs = ([each for each in walk(one.result) if isinstance(each, Find)] for one in (proposal, other))
    said = [each.said for each in mine]
    owned = any(each.said is None and each.where for each in mine)
    named = any(each.where and each.said is not None and each.said not in said for each in theirs)
    done, instead = ([each.action for each in walk(one.result) if isinstance(each, Call)] for one in (proposal, other))
    return owned and named and done != instead


def names_itself(made: Verdict) -> bool:
    """Whether each record of a plan is named itself, and not by what it is of."""
    sources = (each.source for step in made.steps for each in step.filled) if isinstance(made, Plan) else ()
    return not any(each.via for each in sources if isinstance(each, RecordSource))


def names_its_records(plan: Plan, proposal: Proposal) -> bool:
    """Whether a record of the plan holds every name of several words in the proposal, letter for letter."""
    held = _list_held(plan)
    return all(text.casefold() in held for text in _list_said(proposal) if " " in text)


def names_in_part(plan: Plan, proposal: Proposal, before: Proposal) -> bool:
    """Whether a word that describes no record in an earlier reading does so here, and is not all of its name."""
    held = _list_held(plan)
    return any(text.casefold() not in held for text in _list_said(proposal) - _list_said(before))


def hold_titled(outcome: Outcome, plan: Plan, proposal: Proposal, before: Proposal) -> Outcome:
    """The outcome, held if a name is said in part, or a number is read as an amount only because nothing has it."""
    if names_in_part(plan, proposal, before):
        return hold(outcome, NAMED_IN_PART)
    return hold(outcome, AN_AMOUNT) if counts_instead(proposal, before) else outcome


def counts_only(made: Outcome, other: Outcome, proposal: Proposal, before: Proposal) -> bool:
    """Whether a number names nothing, and the other reading, in which it is an amount, leads to a question."""
    asks = isinstance(other.verdict, Question) and other.verdict.slot != REST and not finds_nothing(other.verdict)
    return counts_instead(proposal, before) and is_not_found(made.verdict) and asks


def names_by_number(made: Outcome, proposal: Proposal, before: Proposal) -> bool:
    """Whether the only number said names a record, although it may be an amount."""
    numbered = any(any(map(str.isdigit, each)) for each in _list_said(proposal))
    closed = isinstance(made.verdict, Question) and made.verdict.about is not None  # the record isn't open to it
    return counts_instead(proposal, before) and not numbered and (closed or not is_not_found(made.verdict))


def counts_instead(proposal: Proposal, before: Proposal) -> bool:
    """Whether a number that names a record in an earlier reading names none here."""
    return any(each.isdigit() for each in _list_said(before) - _list_said(proposal))


def _list_said(proposal: Proposal) -> set[str]:
    return {each.said.text for each in walk(proposal.result) if isinstance(each, Find) and each.said is not None}


def _list_held(plan: Plan) -> set[str]:
    pins = [pin for step in plan.steps for pin in step.pins]
    return {str(value).casefold() for pin in pins for value in (pin.label, *pin.values.values())}


def hold(outcome: Outcome, why: str) -> Outcome:
    """The outcome, waiting for a person if its plan changes something, now or after its question is answered."""
    return replace(outcome, hold=why) if isinstance(outcome.verdict, Plan | Question) else outcome


def hold_for_words(outcome: Outcome, words: Sequence[str]) -> Outcome:
    """The outcome, waiting for a person, who is shown the words that it leaves out."""
    return hold(outcome, f"{ALSO_WROTE} {quote_several(words)}.")


def changes_something(plan: Plan) -> bool:
    return any(step.risk is not Risk.READ for step in plan.steps)


def ask_which(task: Task, actions: Sequence[str], made: Outcome) -> Outcome:
    """Asks which of the actions is meant. With a single action, asks whether it is."""
    catalogue = task.workspace_context.catalogue
    contracts = [contract for name in dict.fromkeys(actions) if (contract := catalogue.get(name)) is not None]
    return replace(made, verdict=ask_for_action(contracts), proposal=None)


def make_task(
    run: Run,
    context: Grounded,
    confirmed: Collection[str],
    evaluator: Evaluator = CHEAP_ONLY,
    thread: Thread = NO_THREAD,
) -> Task:
    """The planning task of a run in its present state. ``confirmed`` are digests of the contracts confirmed in this
    session."""
    return Task(
        run.request.model_copy(update={"thread": thread.turns}),
        run.actor,
        context,
        run.id,
        confirmed,
        only=run.only,
        drafts=run.drafts,
        proposal=run.proposal,
        thread=thread.records,
        calls=thread.calls,
        hold=run.hold,
        must_wait=run.must_wait,
        evaluator=evaluator,
    )


def make_too_costly(resolver: str) -> Resolved:
    """The resolution that replaces one that cost too much."""
    abstain = Abstain(reason="too_complex", detail=TOO_COSTLY)
    return Resolved(
        resolution=abstain, trace=Trace(resolver=resolver, attempts=0, notes=("the budget of CPU was spent",))
    )


def take_outcome(run: Run, outcome: Outcome, thread: Thread) -> Run:
    """The run with what its planning made of it, but for the verdict."""
    if outcome.text is not None:
        run = run.with_(text=outcome.text)
    if outcome.resolved is not None:
        records = {**thread.records, **outcome.records}
        run = run.with_(trace=outcome.resolved.trace.summary, handles=replace(thread, records=records).handles)
    if outcome.answers is not None:
        run = run.with_(answers=outcome.answers)
    if outcome.hold and not run.hold:
        run = run.with_(hold=outcome.hold)
    asked = isinstance(outcome.verdict, Question) and outcome.verdict.slot == "action"
    return run.with_(drafts=() if asked else outcome.drafts, proposal=outcome.proposal)
