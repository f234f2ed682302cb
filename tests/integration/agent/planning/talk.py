"""Talk: one person's requests in one thread, each read by a script, and the words that scripts are made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.pipeline import Proposed, Request, Resolved, Trace
from agent.planning.proposal import (
    Argument,
    Call,
    Find,
    Handle,
    Number,
    PlanResult,
    Proposal,
    RecordArgument,
    Result,
    Words,
)
from agent.planning.proposal import ComputedArgument as Sum
from agent.resolve.model.resolver import prepare
from agent.runs.run import Run
from core.actor import Surface
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind
from tests.integration.agent.agent_harness import AgentHarness

Says = Callable[[Request], Result]


@dataclass
class ProposingScript:
    """Proposes what it was told for each text; remembers what it was asked with."""

    name = "told"
    says: dict[str, Says] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)

    async def resolve(self, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> Resolved:
        self.asked.append(request)
        self.prompts.append(json.dumps(prepare(request, shortlist, kinds).messages, ensure_ascii=False))
        result = self.says[request.text](request)
        return Resolved(resolution=Proposed(proposal=Proposal(result=result)), trace=Trace(resolver=self.name))


@dataclass
class Talk:
    """One person's requests in one thread."""

    harness: AgentHarness
    script: ProposingScript

    async def say(
        self, text: str, says: Says, after: Run | None = None, person: str = "amir", surface: Surface = "admin"
    ) -> Run:
        self.script.says[text.strip()] = says
        self.harness.clock.advance(seconds=1)
        asked = await self.harness.run_service.ask(
            self.harness.people[person],
            text,
            surface=surface,
            session_id="s1",
            thread_id=after.id if after is not None else None,
        )
        return await self.harness.job(asked.id)

    async def entries(self, run: Run) -> list[tuple[str, dict[str, Any]]]:
        return [(each.kind, json.loads(each.data)) for each in await self.harness.entries(run.id)]


def words(request: Request, text: str) -> Words:
    return Words(text=text, start=request.text.index(text))


def plan(*calls: Call, replaces: tuple[str, ...] = ()) -> PlanResult:
    return PlanResult(calls=calls, replaces=replaces)


def named(request: Request, kind: str, text: str) -> RecordArgument:
    return RecordArgument(reference=Find(record=kind, said=words(request, text)))


def handle(name: str) -> RecordArgument:
    return RecordArgument(reference=Handle(handle=name))


def credit(customer: Argument, request: Request, amount: str) -> Call:
    money = Number(number=int(amount), unit="EUR", quote=words(request, amount))  # type: ignore[arg-type]
    return Call(action="saas.apply_credit", arguments={"customer_id": customer, "amount": Sum(expression=money)})


def give(amount: str) -> Says:
    return lambda request: plan(credit(named(request, "customer", "Berta Lind"), request, amount))


def params(run: Run, step: int = 0) -> dict[str, Any]:
    assert run.plan is not None, run.refusal or run.question
    made: dict[str, Any] = json.loads(run.plan.steps[step].payload)["params"]
    return made


BIG = "credit Berta Lind with 90 euros"
