"""What AI History's entries say in one line: who, what of, and with what outcome."""

from __future__ import annotations

from dataclasses import replace

from agent.history.entry_text import write_entry
from agent.history.recorder import EntryType, make_entry, record_act
from core.actor import Actor
from store.history.log import HistoryRow
from tests.integration.agent.agent_harness import CREDIT, AgentHarness


async def lines(harness: AgentHarness, run_id: str) -> list[tuple[str, str]]:
    return [write_entry(row, {}) for row in await harness.entries(run_id)]


async def test_a_run_is_told_from_its_request_to_its_outcome(harness: AgentHarness) -> None:
    run = await harness.ask("amir", CREDIT)
    told = await lines(harness, run.id)
    assert {who for who, _ in told} == {harness.people["amir"].name}
    assert told[0][1] == f"request: {CREDIT[0]}"
    assert all("saas.apply_credit" in what for _, what in told[1:])
    assert told[-1][1] == "run finished: saas.apply_credit, Give Berta Lind 20.00 EUR of credit, succeeded"


async def test_an_outcome_stands_where_the_type_does_not_say_it(harness: AgentHarness) -> None:
    run = await harness.ask("amir", CREDIT)
    at = harness.clock()
    for kind, outcome, line in (
        (EntryType.FINISHED, "failed", "run finished: saas.apply_credit, failed"),
        (EntryType.EXPIRED, "expired", "card expired: saas.apply_credit"),
    ):
        row = HistoryRow(**make_entry(run, kind, at, outcome=outcome).chained(run.workspace, 1, "sha256:0"))
        assert write_entry(row, {})[1] == line


async def test_an_answer_is_told(harness: AgentHarness) -> None:
    run = await harness.ask("amir", CREDIT)
    given = make_entry(run, EntryType.REPLIED, harness.clock(), outcome="answered", reply={"text": "3 open tickets."})
    row = HistoryRow(**replace(given, contract=None).chained(run.workspace, 1, "sha256:0"))
    assert write_entry(row, {})[1] == "answer given: 3 open tickets, answered"


async def test_a_key_is_named_with_the_person_that_it_acts_for(harness: AgentHarness) -> None:
    amir = harness.people["amir"]
    key = Actor(amir.workspace, "key_1", "key", "till\u202e", amir.role, amir.person)
    async with harness.database.begin() as session:
        row = await record_act(session, key, EntryType.SIGNED_OUT, harness.clock())
    assert write_entry(row, {amir.person: "Amir Admin"}) == ("Amir Admin (key “till‹U+202E›”)", "signed out")
    assert write_entry(row, {})[0] == "till‹U+202E›", "the person is gone"


async def test_what_a_test_key_did_is_marked(harness: AgentHarness) -> None:
    tester = replace(harness.people["amir"], mode="test")
    async with harness.database.begin() as session:
        row = await record_act(session, tester, EntryType.EXPORTED, harness.clock(), what="cases")
    assert write_entry(row, {})[1].endswith("test")


async def test_an_action_asked_for_as_data_is_named_once(harness: AgentHarness) -> None:
    run = await harness.ask("amir", CREDIT)
    given = make_entry(run, EntryType.PROMPT, harness.clock(), text='saas.apply_credit {"amount": 20}')
    row = HistoryRow(**replace(given, contract="saas.apply_credit").chained(run.workspace, 1, "sha256:0"))
    assert write_entry(row, {})[1] == 'request: saas.apply_credit {"amount": 20}'


async def test_a_webhook_is_told_by_its_address_and_its_event(harness: AgentHarness) -> None:
    made = {"url": "https://books.example/in", "endpoint": "whe_1", "events": ["invoice.*"]}
    tested = {"delivery": "dlv_1", "endpoint": "whe_1", "event": "invoice.paid"}
    for kind, data, line in (
        (EntryType.WEBHOOK_CREATED, made, "webhook created: https://books.example/in"),
        (EntryType.WEBHOOK_TESTED, tested, "webhook tested: invoice.paid"),
    ):
        async with harness.database.begin() as session:
            row = await record_act(session, harness.people["amir"], kind, harness.clock(), **data)
        assert write_entry(row, {})[1] == line
