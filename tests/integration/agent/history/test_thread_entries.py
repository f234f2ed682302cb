"""What AI History says of a thread: in every entry, in both exports, with how well each value is supported."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator

from agent.history.columns import describe_entry, export_csv
from agent.pipeline import Reply
from agent.runs import repository
from store.history.log import HistoryRow
from tests.integration.agent.agent_harness import CREDIT, EMAIL, AgentHarness


async def rows_of(harness: AgentHarness, run_id: str) -> list[dict[str, str]]:
    entries = await harness.entries(run_id)

    async def each() -> AsyncIterator[HistoryRow]:
        for entry in entries:
            yield entry

    text = "".join([piece async for piece in export_csv(each())])
    return list(csv.DictReader(io.StringIO(text)))


async def test_each_entry_names_the_thread_in_json_and_in_csv(harness: AgentHarness) -> None:
    amir = harness.people["amir"]
    first = await harness.ask("amir", EMAIL)
    asked = await harness.run_service.ask(amir, CREDIT[0], session_id="s1", thread_id=first.id)
    second = await harness.job(asked.id)
    for entry in await harness.entries(second.id):
        assert describe_entry(entry)["thread_id"] == first.id
    assert {row["thread_id"] for row in await rows_of(harness, second.id)} == {first.id}
    assert {row["thread_id"] for row in await rows_of(harness, first.id)} == {first.id}


async def test_the_entry_of_a_plan_says_how_well_each_value_is_supported(harness: AgentHarness) -> None:
    run = await harness.ask("amir", EMAIL)
    by_kind = {row["kind"]: row for row in await rows_of(harness, run.id)}
    assert by_kind["held"]["source"].split() == ["0.customer_id=proven", "0.email=proven"]
    assert by_kind["prompt"]["source"] == ""
    (held,) = [describe_entry(each) for each in await harness.entries(run.id) if each.kind == "held"]
    assert held["data"]["plan"]["calls"][0]["evidence"] == {"customer_id": "proven", "email": "proven"}


async def test_an_answer_is_an_entry_of_its_own(harness: AgentHarness) -> None:
    amir = harness.people["amir"]
    asked = await harness.run_service.ask(amir, "who is there?", session_id="s1")
    run = asked.with_(updated_at=harness.clock())
    async with harness.database.begin() as session:
        await harness.planner.write(session, run, Reply(text="Five customers.", count=5), None, 1.0)
    (replied,) = [each for each in await harness.entries(asked.id) if each.kind == "replied"]
    assert replied.outcome == "answered"
    assert describe_entry(replied)["data"]["reply"]["text"] == "Five customers."
    async with harness.database.read() as session:
        assert (await repository.get(session, harness.workspace, asked.id)).reply == Reply(
            text="Five customers.", count=5
        )
