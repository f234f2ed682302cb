"""An entry's run as a waterfall and as an eval case; the export whole; search in full text."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import timedelta

from sqlalchemy import text

import store.history.log
from agent.runs import repository
from agent.runs.run import Run
from registry.catalogue import Catalogue
from store.history.log import HistoryRow
from tests.integration.web.console.console import NOON, Console
from web.console.history import history, history_entry
from web.console.history.timeline import WIDTH, make_bars


def entry(seq: int, kind: str, after_s: float, duration_ms: float | None = None, data: str = "{}") -> HistoryRow:
    return HistoryRow(
        workspace="ws_1",
        seq=seq,
        id=f"his_{seq}",
        at=NOON + timedelta(seconds=after_s),
        kind=kind,
        run_id="run_1",
        duration_ms=duration_ms,
        actor="{}",
        data=data,
        words="",
        prev="",
        digest="",
    )


async def decided(console: Console, said: str = "refund order 7", *, yes: bool = True, misread: bool = True) -> Run:
    container, owner = console.container, console.owner
    asked = await console.run_of(owner, said)
    await container.simulations.planner.plan(owner.workspace, asked.id)
    async with container.database.read() as session:
        held = await repository.get(session, owner.workspace, asked.id)
    assert held.state == "held", held
    console.clock.advance(seconds=20)
    if yes:
        await container.decisions.confirm(owner, held.id, held.digest or "")
    else:
        await container.decisions.reject(owner, held.id, "not that one", misread=misread)
    return held


async def seqs(console: Console, run: Run) -> dict[str, int]:
    async with console.container.database.read() as session:
        return {each.kind: each.seq for each in await store.history.log.of_run(session, run.workspace, run.id)}


def test_a_bar_stands_where_its_step_was_and_is_as_long_as_it_took() -> None:
    drawn = make_bars(
        [
            entry(1, "prompt", 0),
            entry(2, "held", 2, 1000),
            entry(3, "confirmed", 8, None, '{"seconds_to_approve": 6.0}'),
            entry(4, "call_settled", 10, 2000),
            entry(5, "finished", 10, 10_000),
        ],
        4,
    )
    assert [(each.step, each.x, each.width, each.tone) for each in drawn] == [
        ("request", 0, 6, "moment"),
        ("card to confirm", 100, 100, "work"),
        ("confirmed", 200, 600, "wait"),
        ("call finished", 800, 200, "work"),
        ("run finished", WIDTH - 6, 6, "moment"),
    ]
    assert [(each.after, each.took) for each in drawn][1:4] == [
        ("+1.0 s", "1.0 s"),
        ("+2.0 s", "6.0 s"),
        ("+8.0 s", "2.0 s"),
    ]
    assert [each.present for each in drawn] == [False, False, False, True, False]


def test_no_bar_leaves_the_drawing_even_when_a_step_began_before_the_first_entry() -> None:
    drawn = make_bars([entry(1, "held", 0, 5000), entry(2, "call_settled", 0.001, 90_000)], 1)
    assert all(0 <= each.x <= each.x + each.width <= WIDTH + 6 for each in drawn)
    assert make_bars([], 1) == ()


async def test_an_entrys_page_shows_its_whole_run_and_that_a_person_was_waited_for(console: Console) -> None:
    run = await decided(console)
    there = await seqs(console, run)
    page = (await (await console.signed_in("olivia@shop.test")).get(f"/history/{there['held']}")).text
    assert len(re.findall(r'<rect class="(?:work|wait|moment)"', page)) == len(there)
    assert re.search(
        r'confirmed</a> <span class="badge wait">a person</span></th><td[^>]*>\+[^<]+</td><td[^>]*>20\.0 s<', page
    )
    assert "style=" not in page


async def test_a_decision_leaves_as_a_suite_of_one_case(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    for yes in (True, False):
        run = await decided(console, yes=yes)
        await decided(console, "refund order 8")
        seq = (await seqs(console, run))["prompt"]
        assert f'href="/history/{seq}/case.zip"' in (await browser.get(f"/history/{seq}")).text
        answer = await browser.get(f"/history/{seq}/case.zip")
        assert answer.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
            assert sorted(packed.namelist()) == ["cases.jsonl", "world.json"]
            (line,) = packed.read("cases.jsonl").decode().splitlines()
            world = json.loads(packed.read("world.json"))
        case = json.loads(line)
        assert (case["id"], case["prompt"], case["world"]) == (run.id, "refund order 7", "world.json")
        calls = [{"action": "shop.refund", "params": {"order": [7]}}]
        assert (case["expected"].get("actions") if yes else case["expected"]["never"]) == calls
        assert world
    listed = await browser.get("/history", params={"kind": "exported"})
    assert listed.text.count("<tr>") == 3, "the header and both exports"


async def test_a_no_that_says_nothing_of_the_reading_makes_no_case(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    seq = (await seqs(console, await decided(console, yes=False, misread=False)))["rejected"]
    assert "case.zip" not in (await browser.get(f"/history/{seq}")).text
    answer = await browser.get(f"/history/{seq}/case.zip")
    assert (answer.status_code, "nobody said that its card was misread" in answer.text) == (404, True)


async def test_what_nobody_decided_makes_no_case_and_is_not_offered(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    seq = (await seqs(console, await console.run_of(console.owner)))["prompt"]
    assert "case.zip" not in (await browser.get(f"/history/{seq}")).text
    for each in (seq, 1):
        answer = await browser.get(f"/history/{each}/case.zip")
        assert answer.status_code == 404
        assert "makes no case" in answer.text


async def test_an_export_of_many_batches_holds_every_fitting_entry_once_and_in_order(console: Console) -> None:
    for at in range(3):
        await console.run_of(console.owner, f"refund order {at}")
    async with console.container.database.begin() as session:
        for at in range(1100):
            await store.history.log.append(
                session,
                workspace=console.owner.workspace,
                kind="held",
                run_id=None,
                actor=console.owner.as_json(),
                data={"text": f"=SUM({at})", "n": at},
                at=console.clock(),
            )
    browser = await console.signed_in("olivia@shop.test")
    async with browser.stream("GET", "/history/export.csv", params={"kind": "held"}) as answer:
        assert "content-length" not in answer.headers, "it streams"
        text = (await answer.aread()).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [json.loads(row["data"])["n"] for row in rows] == list(range(1100))
    numbers = [int(row["seq"]) for row in rows]
    assert numbers == list(range(numbers[0], numbers[0] + 1100))


async def test_search_finds_words_in_any_order_and_case_and_takes_marks_literally(
    console: Console,
) -> None:
    await console.run_of(console.owner, "Refund ŽIŽKA's order 100% of_it")
    browser = await console.signed_in("olivia@shop.test")
    for q, count in (("žižka refund", 1), ("ORDER 100%", 1), ("0% of_", 1), ("žižka unheard", 0), ("r_fund žižka", 0)):
        page = await browser.get("/history", params={"kind": "prompt", "q": q})
        assert page.text.count("<tr>") == (2 if count else 0), q


async def test_an_entry_says_whether_it_fits_the_chain(console: Console) -> None:
    run = await decided(console)
    browser = await console.signed_in("olivia@shop.test")
    numbers = await seqs(console, run)
    for seq in numbers.values():
        assert "verified</span>" in (await browser.get(f"/history/{seq}")).text
    edited = numbers["prompt"]
    async with console.container.database.begin() as session:
        await session.execute(text("UPDATE history SET outcome = 'forged' WHERE seq = :seq"), {"seq": edited})
    page = (await browser.get(f"/history/{edited}")).text
    assert "verified</span>" not in page
    assert f"Entry {edited} was edited" in page
    assert "verified</span>" in (await browser.get(f"/history/{edited + 1}")).text


def test_an_entry_of_many_calls_names_each_contract_once() -> None:
    def told(contract: str) -> str:
        row = entry(1, "held", 0)
        row.contract = contract
        (entrys,) = [each.value for each in history_entry.list_facts(row, {}) if each.label == "Contract"] or [""]
        listed = history._line(row, {}, Catalogue(())).contract
        assert entrys == listed
        return listed

    assert told("") == ""
    assert told("saas.close") == "saas.close"
    assert told(" ".join(["saas.reply"] * 20)) == "saas.reply, 20 times"
