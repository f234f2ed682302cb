"""Rules: run a contract with mapped parameters when an event matches a pattern and a condition holds.

A rule bypasses nothing. It acts as its author, with the author's rights at the time of the event, through the same
validation, confirmation policy, signature and history as a typed request. Values come from the event by pointer, or
from the rule as constants.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

import store.automations
import store.events.events
from agent.history import recorder
from agent.pipeline import Draft, Plan, Refusal, SuppliedValue
from agent.planning.task import Verdict
from agent.runs.run import Cause
from core.actor import Surface
from core.errors import InvalidInput
from events.automations import runner
from events.automations.runner import AutomationRunner, EvaluatedRun
from events.subscribers import RULES, FiredEvent, ReactionResult, Subscriber, make_event
from registry.conditions import condition
from registry.events.event_names import fits
from store.automations import RuleRow

Mode = Literal["on", "shadow", "off"]
DRY_RUN_EVENTS: Final = 100


class ParameterMapping(BaseModel):
    """Source of a parameter's value: ``from`` is a JSON Pointer (RFC 6901) into the event, ``value`` a constant."""

    # Built on first use: a start makes hundreds of models and uses few of them.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    pointer: Annotated[
        str | None, Field(alias="from", max_length=200, pattern=r"^/(data(/|$)|id$|name$|occurred_at$)")
    ] = None
    value: Any = None


@dataclass(frozen=True)
class Evaluation:
    """One event evaluated by a rule: ``judged`` if its condition holds, otherwise why nothing is done."""

    verdict: Literal["met", "unmet", "untold"]
    detail: str
    judged: EvaluatedRun | None = None
    overran: bool = False
    """Whether the condition exceeded its limit of time or memory and was stopped."""


@dataclass(frozen=True)
class Rules:
    """Source of one subscriber for each rule that is on or in shadow."""

    runner: AutomationRunner

    async def subscribers(self, session: AsyncSession, event: FiredEvent) -> Sequence[Subscriber]:
        rows = await store.automations.rules(session, event.workspace, modes=("on", "shadow"))
        return [self._make_subscriber(row) for row in rows if fits(row.pattern, event.name)]

    def _make_subscriber(self, row: RuleRow) -> Subscriber:
        async def react(event: FiredEvent) -> ReactionResult:
            return await self.react(row, event)

        return Subscriber(row.id, RULES, react)

    async def react(self, row: RuleRow, event: FiredEvent) -> ReactionResult:
        """Reacts to an event. Raises PlatformUnavailable or Unavailable: it is then tried again."""
        met = await self.meet(row, event)
        if met.overran:
            return self.runner.record_overrun(event, row, met.detail)
        if met.judged is None:
            return (
                ReactionResult(met.detail)
                if met.verdict == "unmet"
                else self.runner.record_nothing_done(event, row.id, "untold", met.detail)
            )
        if row.mode == "shadow":
            document = json.dumps(summarize(met.judged.verdict), ensure_ascii=False)
            return self.runner.record_nothing_done(event, row.id, "shadow", f"Would have been {met.detail}", document)
        if await self.runner.over_limit(row.workspace, row.id, row.max_per_hour):
            return self.runner.record_rate_limit(event, row.id, row.name, met.judged.run.actor, row.max_per_hour)
        return self.runner.record_run(event, row.id, met.judged)

    async def meet(self, row: RuleRow, event: FiredEvent) -> Evaluation:
        """Evaluates one event by a rule. Reads records, but stores and sends nothing. Raises PlatformUnavailable, and
        Unavailable if its condition could not be judged yet."""
        if row.condition:
            try:
                compiled = condition.compile(row.condition, condition.EVENT)
            except InvalidInput as error:  # stored before there was such a limit
                return Evaluation("untold", f"Nothing is done: the rule's condition is not judged. {error.detail}")
            judgement = await self.runner.planner.evaluator.evaluate(
                compiled, {"event": event.as_json()}, workspace=row.workspace
            )
            if judgement.trouble:
                return Evaluation("untold", f"Nothing is done where {judgement.trouble}.", overran=judgement.overran)
            if not judgement.holds:
                return Evaluation("unmet", f"{row.condition} does not hold.")
        author, may_act = await self.runner.author(row.author)
        context = await self.runner.context(row.workspace)
        contract = context.catalogue.get(row.contract)
        values, missing = map_parameters(row, event, contract.required if contract else ())
        run = self.runner.make_run(
            author,
            choose_surface(row),
            f"Rule “{row.name}” on {event.name} ({event.id})",
            Cause(event_id=event.id, event=event.name, source=row.id, name=row.name),
            given="event",
            only=(row.contract,),
            drafts=(Draft(action=row.contract, version=contract.version if contract else 1, given=values),),
        )
        if not may_act:
            refusal = Refusal(code="forbidden", detail=runner.WITHDRAWN.format(author.name))
            judged = EvaluatedRun(run, refusal)
        elif contract and (outgrown := self.runner.explain_not_covered(row.author, contract)):
            judged = EvaluatedRun(run, Refusal(code="forbidden", detail=outgrown))
        elif missing:
            refusal = Refusal(
                code="invalid", detail=f"The event has nothing at {', '.join(missing)}; nothing was sent."
            )
            judged = EvaluatedRun(run, refusal)
        else:
            judged = await self.runner.evaluate(run)
        return Evaluation("met", runner.describe_verdict(judged.verdict), judged)

    async def dry_run(
        self, row: RuleRow, *, event_id: str | None = None, limit: int = 20
    ) -> list[tuple[FiredEvent, Evaluation]]:
        """What the rule would have done on a past event, or on the newest that match its pattern. Sends and stores
        nothing. Raises NotFound, PlatformUnavailable."""
        async with self.runner.database.read() as session:
            events = await list_past_events(session, row.workspace, row.pattern, event_id=event_id, limit=limit)
        return [(event, await self.meet(row, event)) for event in events]


async def list_past_events(
    session: AsyncSession, workspace: str, pattern: str, *, event_id: str | None = None, limit: int
) -> list[FiredEvent]:
    """One past event, or the newest that fit the pattern, newest first. Raises NotFound."""
    if event_id is not None:
        return [make_event(await store.events.events.get(session, workspace, event_id))]
    exact = None if "*" in pattern else pattern
    rows = await store.events.events.listed(
        session, workspace, name=exact, limit=limit if exact else DRY_RUN_EVENTS * 10
    )
    return [make_event(each) for each in rows if fits(pattern, each.name)][:limit]


def choose_surface(row: RuleRow) -> Surface:
    surface: Surface = row.surface  # type: ignore[assignment]  # checked when the rule was made
    return surface


def make_mappings(row: RuleRow) -> dict[str, ParameterMapping]:
    return {name: ParameterMapping.model_validate(each) for name, each in json.loads(row.parameters).items()}


def map_parameters(
    row: RuleRow, event: FiredEvent, required: Collection[str]
) -> tuple[dict[str, SuppliedValue], list[str]]:
    """The values with their sources, and the pointers of required values that the event lacks. Missing optional ones
    are left out. A constant's source is the rule itself."""
    values: dict[str, SuppliedValue] = {}
    missing: list[str] = []
    whole = event.as_json()
    for name, each in make_mappings(row).items():
        if each.pointer is None:
            values[name] = SuppliedValue(value=each.value, by="event", pointer=f"/parameters/{name}/value", ref=row.id)
            continue
        value = look(whole, each.pointer)
        if value is None and name in required:
            missing.append(each.pointer)
        elif value is not None:
            values[name] = SuppliedValue(value=value, by="event", pointer=each.pointer, ref=event.id)
    return values, missing


def look(value: Any, pointer: str) -> Any:
    """The value at a JSON Pointer. None if there is none, or null."""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping):
            value = value.get(key)
        elif isinstance(value, list) and key.isdecimal() and len(key) < 10 and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def summarize(verdict: Verdict) -> dict[str, Any]:
    """A verdict that is not acted on, as JSON: what would be sent, or why nothing would be."""
    if isinstance(verdict, Plan):
        return {"held": list(verdict.held), "calls": recorder.describe_plan(verdict)["calls"]}
    return {"refusal": verdict.model_dump(mode="json")}
