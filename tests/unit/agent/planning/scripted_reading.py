"""A scripted model that plans one step and judges pieces of a request, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from agent.pipeline import Answer, Request
from agent.planning.proposal import Call, PlanResult, Proposal
from agent.planning.propose import propose
from agent.planning.task import Outcome, Task
from agent.resolve.model.parse import Parser
from agent.resolve.model.resolver import ProposingResolver
from agent.resolve.model.second_reading import CHANGES, KNOWN, PieceParser, add_verdicts
from agent.resolve.resolver import FallbackResolver, PieceQuestion
from agent.resolve.rules.resolver import RuleResolver
from evals.run.scripted import ScriptedClient
from prompts import DEFAULT_VERSION
from registry.offers.shortlist import Shortlist
from tests.unit.own_worlds import NOW, OWNER, find, number, plan, world

FINE = {"action": "waive_fine", "fine_id": find("fine", "F-231"), "amount": None}
LOAN = {"action": "renew_loan", "loan_id": find("loan", "502"), "days": number(7, "7 days", "days")}
RIGHT = {name: CHANGES if changes else "nothing" for name, changes in KNOWN.items()}


class Reads(ScriptedClient):
    """Plans one step, and judges pieces as it is told to; ``told`` are the prompts about pieces."""

    name = "scripted"

    def __init__(
        self, *verdicts: str, step: Any = FINE, rest: Sequence[Any] = (), known: Mapping[str, str] = RIGHT
    ) -> None:
        self.verdicts, self.step, self.rest, self.known = verdicts, step, list(rest), known
        self.told: list[str] = []

    def answer(self, _parser: Parser, _messages: Sequence[Mapping[str, str]], /) -> Any:
        return {"understood": "", "result": plan(self.step), "rest": self.rest}

    def judge(self, parser: PieceParser) -> dict[str, Any]:
        said = [*self.known.values(), *self.verdicts]
        return {name: {"objection": "none", "is": each} for name, each in zip(parser.names, said, strict=False)}

    async def complete(self, messages: Any, shape: Any, **more: Any) -> Any:
        if isinstance(shape.parser, PieceParser):
            self.told.append(messages[-1]["content"])
        return replace(await super().complete(messages, shape, **more), tokens_in=10, cost="0.002")


def task_of(text: str, *answers: Answer) -> Task:
    request = Request(text=text, now=NOW, answers=answers)
    return Task(request, OWNER, world("lending"), "run_00000000000000000000000001")


async def came_of(model: Reads, text: str, *, version: str = DEFAULT_VERSION) -> Outcome:
    return await propose(task_of(text), FallbackResolver(ProposingResolver(model, version=version), RuleResolver()))


def read_pieces(text: str, pieces: Sequence[str], *verdicts: str, stands: bool = False) -> Proposal:
    """What becomes of a proposal by these verdicts."""
    proposal = Proposal(result=PlanResult(calls=(Call(action="a"),)))
    question = PieceQuestion(Request(text=text, now=NOW), proposal, Shortlist(()), (), pieces, stands)
    read = add_verdicts(question, RIGHT | {f"B{at}": each for at, each in enumerate(verdicts, 1)})
    assert read is not None
    return read
