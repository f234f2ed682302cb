"""Small platforms with records, none like the demo: a lending library of tools, an observatory, a car workshop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agent.pipeline import Answer, Request, Turn
from agent.planning.propose import propose
from agent.planning.task import Outcome, Task, Verdict
from agent.query.context import RecordKey
from agent.resolve.model.parse import Parser
from agent.resolve.model.resolver import Prepared, ProposingResolver, prepare
from agent.resolve.rules.resolver import RuleResolver
from agent.workspace.context import WorkspaceContext
from core.actor import Actor
from evals.cases import frozen_world
from evals.run.scripted import ScriptedClient
from registry.catalogue import Catalogue
from registry.contract import Contract

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
OWNER = Actor("ws_1", "mem_1", "member", "Olga", "owner", "mem_1")
WORLDS = Path(__file__).parents[2] / "evals/suites/worlds"


def world(name: str, *more: Contract) -> WorkspaceContext:
    """``lending``, ``dome`` or ``garage``, perhaps with more actions."""
    found = frozen_world.load(WORLDS / f"{name}.json")
    there = found.context(found.provider({}))
    return WorkspaceContext("own", Catalogue([*there.catalogue, *more]), there.kinds, there.kinds) if more else there


async def read_words(text: str, there: WorkspaceContext) -> Verdict:
    """What an owner's request comes to without a model."""
    task = Task(Request(text=text, now=NOW), OWNER, there, "run_00000000000000000000000001")
    return (await propose(task, RuleResolver())).verdict


def asked(text: str, name: str, *, answers: Sequence[Answer] = (), thread: Sequence[Turn] = ()) -> Prepared:
    """What a model is shown for a request."""
    there = world(name)
    request = Request(text=text, now=NOW, answers=tuple(answers), thread=tuple(thread))
    return prepare(request, there.shortlist(OWNER, "admin"), tuple(there.kinds))


class Says(ScriptedClient):
    """A model that gives one answer."""

    name = "scripted"

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def answer(self, _parser: Parser, _messages: Sequence[Mapping[str, str]], /) -> Any:
        return self._answer


async def came_of(
    text: str,
    result: Any,
    name: str = "lending",
    *,
    answers: Sequence[Answer] = (),
    left: Sequence[str] = (),
    thread: Mapping[str, tuple[RecordKey, ...]] | None = None,
) -> Outcome:
    """A model's answer through the real prompt, parser and planning; with ``answers`` as a question was answered since.
    Raises ModelMisbehaved for what is no proposal."""
    return await said(
        text,
        {"understood": "", "result": result, "rest": [{"quote": each, "is": "left over"} for each in left]},
        name,
        answers,
        thread,
    )


async def said(
    text: str,
    answer: Any,
    name: str,
    answers: Sequence[Answer] = (),
    thread: Mapping[str, tuple[RecordKey, ...]] | None = None,
) -> Outcome:
    turns = (Turn(words="something before", came="done"),) if thread else ()
    request = Request(text=text, now=NOW, thread=turns)
    task = Task(request, OWNER, world(name), "run_00000000000000000000000001", thread=thread or {})
    resolver = ProposingResolver(Says(answer))
    outcome = await propose(task, resolver)
    if not answers or outcome.proposal is None:
        return outcome
    again = request.model_copy(update={"answers": tuple(answers)})
    return await propose(replace(task, request=again, proposal=outcome.proposal), resolver)


def plan(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"type": "plan", "steps": list(steps)}


def answer(**value: Any) -> dict[str, Any]:
    return {"type": "answer", "answer": value}


def find(kind: str, said: str | None = None, *where: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"kind": kind, "said": said, "where": list(where), "order": None, "pick": "one", "among": None, **more}


def number(value: float, quote: str = "", unit: str | None = None) -> dict[str, Any]:
    return {"number": value, "unit": unit, "quote": quote}
