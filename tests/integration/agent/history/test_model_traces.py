"""What is stored of a model's prompts and answers: all of it in AI History, none in the run, and a search looks at the
answers."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from agent.pipeline import Request, Resolved, Trace
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind
from store.history.log import HistoryFilters, page
from store.runs import runs
from tests.integration.agent.agent_harness import CREDIT, AgentHarness, ScriptedResolver, open_harness

SECOND = Trace(resolver="told", model="m", prompt="the rules of judging", response="nothing objectionable")
FIRST = Trace(
    resolver="told", model="m", prompt="the rules of proposing", response="a proposal to credit", second=SECOND
)


class Model(ScriptedResolver):
    async def resolve(self, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> Resolved:
        made = await super().resolve(request, shortlist, kinds)
        return made.model_copy(update={"trace": FIRST})


@pytest.fixture
async def harness(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[AgentHarness]:
    shutil.copy(sqlite_template, tmp_path / "opsiq.db")
    async with open_harness(f"sqlite+aiosqlite:///{tmp_path / 'opsiq.db'}", Model()) as opened:
        yield opened


async def test_history_has_the_prompts_and_the_answers(harness: AgentHarness) -> None:
    run = await harness.ask("amir", CREDIT)
    (resolved,) = [each for each in await harness.entries(run.id) if each.kind == "resolved"]
    trace = json.loads(resolved.data)["trace"]
    assert [(each["prompt"], each["response"]) for each in (trace, trace["second"])] == [
        (FIRST.prompt, FIRST.response),
        (SECOND.prompt, SECOND.response),
    ]


async def test_a_search_finds_the_answers_and_not_the_rules_that_every_prompt_has(harness: AgentHarness) -> None:
    await harness.ask("amir", CREDIT)

    async def found(words: str) -> int:
        async with harness.database.read() as session:
            return len(await page(session, harness.workspace, filters=HistoryFilters(words=words)))

    assert [await found(each) for each in ("rules", "a proposal to credit", "nothing objectionable")] == [0, 1, 1]


async def test_the_run_keeps_the_figures_of_its_reading_and_not_the_texts(harness: AgentHarness) -> None:
    run = await harness.ask("amir", CREDIT)
    assert run.trace == Trace(resolver="told", model="m")
    async with harness.database.read() as session:
        row = await runs.get(session, harness.workspace, run.id)
    assert "the rules of" not in row.document
    assert "objectionable" not in row.document
