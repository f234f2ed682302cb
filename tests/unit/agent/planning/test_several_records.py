"""Several records in one request, by a contract that says nothing of several: as docs/reference/contracts.md tells."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.pipeline import Plan
from agent.planning.propose import propose
from agent.planning.task import make_task
from agent.resolve.rules.resolver import RuleResolver
from agent.runs.run import Run
from agent.validate.plan_builder import MAX_STEPS
from agent.workspace.context import WorkspaceContext
from registry.catalogue import Catalogue
from registry.records import Kinds
from tests.unit.agent.validate.fake_platform import NOW, OWNER, Platform
from tests.unit.agent.validate.test_fan_out import CLOSE, rows

PAGE = (Path(__file__).parents[4] / "docs/reference/contracts.md").read_text("utf-8")


async def plan(text: str, *, each: bool) -> Plan:
    note = CLOSE.annotation("ticket_id").model_copy(update={"each": True if each else None})
    contract = CLOSE.model_copy(update={"annotations": {"ticket_id": note}, "examples": ("close ticket 5519",)})
    kinds = Kinds([Platform(rows(4))])
    context = WorkspaceContext("g1", Catalogue([contract]), kinds, kinds)
    run = Run(
        id="run_1", workspace="ws_1", session_id="s", actor=OWNER, surface="admin", text=text, now=NOW,
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    verdict = (await propose(make_task(run, context, ()), RuleResolver())).verdict
    assert isinstance(verdict, Plan), verdict
    return verdict


@pytest.mark.parametrize("each", [False, True])
@pytest.mark.parametrize("text", ["close tickets 6000 and 6002", "close ticket 6000 and ticket 6002"])
async def test_records_that_are_named_one_by_one_are_calls_under_the_policy(text: str, each: bool) -> None:
    made = await plan(text, each=each)
    assert [step.pins[0].record_id for step in made.steps] == ["6000", "6002"]
    assert made.held == ()


@pytest.mark.parametrize("each", [False, True])
@pytest.mark.parametrize(
    ("text", "count"), [("close all of Berta's tickets", 4), ("close Berta's two newest tickets", 2)]
)
async def test_a_set_waits_on_one_card_that_says_how_many(text: str, count: int, each: bool) -> None:
    made = await plan(text, each=each)
    assert len(made.steps) == count
    assert made.held == (f"These are {count} tickets, with a call for each.",)


def test_the_page_tells_how_many_calls_one_request_makes_at_most() -> None:
    section = PAGE.split("\n## Several records\n", 1)[1].split("\n## ", 1)[0]
    assert re.findall(r"at most (\d+) calls", section) == [str(MAX_STEPS)]
