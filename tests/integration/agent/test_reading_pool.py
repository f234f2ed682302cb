"""The reading pool: the same verdicts out of a worker process as right here, with records and model asked on this
side."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from agent.pipeline import Answer, Plan, Proposed, Question, Refusal
from agent.planning.propose import propose
from agent.planning.reading_pool import ReadingPool
from agent.planning.task import TOO_COSTLY, make_task
from agent.resolve.model.client import ModelClient
from agent.resolve.model.resolver import ProposingResolver
from agent.resolve.model.second_reading import KNOWN
from agent.resolve.rules.resolver import RuleResolver
from agent.runs.run import Run
from agent.workspace.context import WorkspaceContext
from core.errors import PlatformUnavailable
from core.settings import ModelSettings
from executors.http.read_memo import ReadMemo, get_read_memo
from registry.catalogue import Catalogue
from registry.records import Kinds, Place, Query, Record
from tests.integration.agent.resolve.model.scripted_server import Reply, ScriptedServer, says
from tests.unit.agent.query.test_reach_of_customers import BERTA, RESEND
from tests.unit.agent.validate.fake_platform import NOW, OWNER, SAAS, Platform, contract, town

pytestmark = pytest.mark.usefixtures("forked_children")

TEXTS = (
    "refund Berta's last invoice", "refund INV-1011", "refund Adam's last invoice", "close ticket 5519",
    "what is the weather", "refund 20 dollars of invoice INV-1031", "suspend Cleo because of fraud",
)  # fmt: skip


def run_of(text: str, *answers: Answer) -> Run:
    return Run(
        id="run_1",
        workspace="ws_1",
        session_id="s",
        actor=OWNER,
        surface="admin",
        text=text,
        now=NOW,
        answers=answers,
        created_at=NOW,
        updated_at=NOW,
    )


def context(platform: Platform, *more: Any) -> WorkspaceContext:
    kinds = Kinds([platform])
    return WorkspaceContext("g1", Catalogue([*SAAS, *more]), kinds, kinds)


@asynccontextmanager
async def pool(**more: Any) -> AsyncIterator[ReadingPool]:
    made = ReadingPool(processes=1, budget_s=more.pop("budget_s", 5.0), **more)
    try:
        yield made
    finally:
        await made.close()


def told(verdict: Any) -> Any:
    """All but the ids that are made anew each time."""
    if isinstance(verdict, Plan):
        return [(step.action, step.filled, step.pins, step.preview) for step in verdict.steps], verdict.held
    return verdict


async def test_a_worker_comes_to_what_is_come_to_here() -> None:
    platform = Platform(town())
    here, there = context(platform), context(platform)
    steps: list[str] = []
    async with pool() as workers:
        for text in TEXTS:
            mine = await propose(make_task(run_of(text), here, ()), RuleResolver())
            theirs = await workers.propose(run_of(text), there, (), steps.append)
            assert told(theirs.verdict) == told(mine.verdict)
            assert theirs.drafts == mine.drafts
        again = run_of(TEXTS[2], Answer(slot="0.invoice_id/customer", choice="2", label="Adam Nowak"))
        assert isinstance((await workers.propose(again, there, ())).verdict, Plan)
        resolved = await workers.resolve(run_of(TEXTS[0]), there)
        assert isinstance(resolved.resolution, Proposed)
        stands = run_of(TEXTS[0]).with_(proposal=resolved.resolution.proposal)
        assert isinstance((await workers.propose(stands, there, ())).verdict, Plan | Question)
    assert {"choosing", "looking", "checking"} <= set(steps)


async def test_a_worker_knows_two_connections_apart_as_they_are_here() -> None:
    kinds = Kinds([Platform(town()), Platform(town())], [Place("east", "East"), Place("west", "West")])
    both = WorkspaceContext("g2", Catalogue([RESEND]), kinds, kinds)
    asked = run_of("how many invoices are there?")
    theirs_alone = run_of("show INV-1012").with_(actor=BERTA, surface="customer")
    async with pool() as workers:
        counted = await workers.propose(asked, both, ())
        refused = await workers.propose(theirs_alone, both, ())
    assert told(counted.verdict) == told((await propose(make_task(asked, both, ()), RuleResolver())).verdict)
    assert "That is East alone" in str(told(counted.verdict))
    here = await propose(make_task(theirs_alone, both, ()), RuleResolver())
    assert told(refused.verdict) == told(here.verdict)
    assert "99.00" not in str(refused.verdict)


async def test_a_platform_that_is_down_is_told_as_it_is_here() -> None:
    platform = Platform(town())
    platform.down = True
    async with pool() as workers:
        with pytest.raises(PlatformUnavailable, match="did not answer"):
            await workers.propose(run_of(TEXTS[0]), context(platform), ())


async def test_what_costs_more_than_its_budget_is_refused_in_words() -> None:
    label = {"type": "string", "pattern": "^(a+)+$", "description": "The label"}
    tag = contract(
        "cost.tag",
        title="Tag it",
        description="Tags something with a label.",
        parameters={
            "type": "object",
            "additionalProperties": False,
            "required": ["label"],
            "properties": {"label": label},
        },
    )
    text, there = "tag it with the label " + "a" * 60 + "!b", context(Platform(town()), tag)
    async with pool(budget_s=0.3) as workers:
        (resolved, interpreted) = (
            await workers.resolve(run_of(text), there),
            await workers.propose(run_of(text), there, ()),
        )
        if not resolved.trace.attempts:  # an expression that takes linear time never comes to this
            assert interpreted.verdict == Refusal(code="too_complex", detail=TOO_COSTLY)
        assert isinstance((await workers.propose(run_of(TEXTS[0]), there, ())).verdict, Plan | Question)


class Noting(Platform):
    """Notes with which memo each look-up is made."""

    memos: list[ReadMemo | None]

    async def search(self, query: Query) -> list[Record]:
        self.memos.append(get_read_memo())
        return list(await super().search(query))

    async def get(self, kind: str, record_id: str) -> Record | None:
        self.memos.append(get_read_memo())
        return await super().get(kind, record_id)


@pytest.mark.parametrize("pooled", [True, False])
async def test_each_request_remembers_its_own_reads(pooled: bool) -> None:
    platform = Noting(town())
    there, seen = context(platform), []
    async with pool() as workers:
        for text in (f"{TEXTS[0]} and {TEXTS[3]}", TEXTS[2]):
            platform.memos = []
            task = make_task(run_of(text), there, ())
            await (workers.propose(run_of(text), there, ()) if pooled else propose(task, RuleResolver()))
            assert len({id(each) for each in platform.memos}) == 1
            seen += platform.memos
    platform.memos = []
    await there.live.record("invoice", "inv_1011")
    assert len(seen) > 2
    assert None not in seen
    assert seen[0] is not seen[-1]
    assert platform.memos == [None]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::ResourceWarning")
async def test_a_model_is_asked_here_and_its_answer_grounded_there() -> None:
    server, there = ScriptedServer(), context(Platform(town()))
    await server.start()
    settings = ModelSettings(
        model="openai/scripted", model_url=server.url, model_key="k", model_retries=0, model_form="full"
    )
    berta = {"kind": "customer", "said": "Berta", "where": [], "order": None, "pick": "one", "among": None}
    newest = {"by": "as listed", "first": "latest", "nth": 1}
    invoice = {
        "kind": "invoice", "said": None, "where": [{"belongs_to": berta}], "order": newest, "pick": "one",
        "among": None,
    }  # fmt: skip
    step = {"action": "refund_invoice", "invoice_id": invoice, "amount": None, "reason": None}
    answer = says({"understood": "", "result": {"type": "plan", "steps": [step]}, "rest": []})
    try:
        async with ModelClient(settings) as client, pool(model=client) as workers:
            server.script([answer, answer])
            mine = await propose(make_task(run_of(TEXTS[0]), there, ()), ProposingResolver(client))
            theirs = await workers.propose(run_of(TEXTS[0]), there, ())
            assert told(theirs.verdict) == told(mine.verdict)
            assert theirs.resolved is not None
            assert theirs.resolved.trace.response == mine.resolved.trace.response  # type: ignore[union-attr]
            assert server.asked[0]["messages"] == server.asked[1]["messages"]
            judged = {name: {"objection": "", "is": "changes" if known else "nothing"} for name, known in KNOWN.items()}
            server.script([answer, says({**judged, "B1": {"objection": "", "is": "nothing"}})])
            read = await workers.propose(run_of(f"{TEXTS[0]}, not her sister"), there, ())
            assert isinstance(read.verdict, Plan)
            assert "Nothing is done about ‘not her sister’." in read.verdict.held
            server.script([Reply(status=500)])
            fallen = await workers.propose(run_of(TEXTS[0]), there, ())
            assert fallen.resolved is not None
            assert "resolved by offline" in " ".join(fallen.resolved.trace.notes)
    finally:
        await server.stop()
