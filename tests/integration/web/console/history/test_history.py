"""AI History in the console."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest

import store.history.log
from agent.history import recorder
from agent.history.entry_text import summarize_entry
from agent.history.recorder import EntryType
from tests.integration.web.console.console import NOON, PASSWORD, Console, opened_console, post
from tests.integration.web.console.runs.test_decided_cards import held as hold_card


async def test_filters_narrow_and_are_kept_in_the_form_and_in_the_export(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    page = await browser.get("/history", params={"kind": "member_added", "q": "sara"})
    assert page.text.count("<tr>") == 2, "the header and one entry"
    assert '<option value="member_added" selected>' in page.text
    assert "/history/export.csv?kind=member_added&amp;q=sara" in page.text
    export = await browser.get("/history/export.csv", params={"kind": "member_added", "q": "sara"})
    (row,) = csv.DictReader(io.StringIO(export.text))
    assert "sara@shop.test" in row["data"]


async def test_a_day_is_included_whole(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    some = await browser.get("/history", params={"since": "2026-11-24", "until": "2026-11-24"})
    assert "workspace created" in some.text
    none = await browser.get("/history", params={"until": "2026-11-23"})
    assert "No entry fits this filter." in none.text
    assert (await browser.get("/history", params={"since": "yesterday"})).status_code == 400


async def test_days_in_the_wrong_order_are_told_of(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    for place in ("/history", "/events"):
        page = (await browser.get(place, params={"since": "2026-11-25", "until": "2026-11-24"})).text
        assert "“From” is after “To”: swap the two days." in page
        right = (await browser.get(place, params={"since": "2026-11-20", "until": "2026-11-20"})).text
        assert "fits this filter." in right
        assert "is after" not in right


async def test_a_contract_is_found_by_its_title_and_an_unknown_one_is_told_of(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    titled = await browser.get("/history", params={"contract": "rEFUND an order", "q": "7"})
    assert titled.status_code == 303
    assert titled.headers["location"] == "/history?contract=shop.refund&q=7"
    page = (await browser.get("/history", params={"contract": "shop.refnd"})).text
    assert "No contract is called “shop.refnd” now." in page
    assert '<option value="shop.refund">Refund an order</option>' in page


async def test_days_and_times_are_those_of_the_workspaces_clock(tmp_path: Path) -> None:
    async with opened_console(tmp_path, OPSIQ_TIME_ZONE="Pacific/Auckland") as console:
        console.clock.at = NOON.replace(hour=11, minute=30)  # half past midnight on the 25th, there
        run = await console.run_of(console.owner)
        assert run.request.now.isoformat() == "2026-11-25T00:30:00+13:00"
        browser = await console.signed_in("olivia@shop.test")
        page = (await browser.get("/history?since=2026-11-25")).text
        assert 'title="24 Nov 2026, 11:30:00 UTC">today 00:30</time>' in page
        assert "today 00:30</time>" not in (await browser.get("/history?until=2026-11-24")).text
        entry = (await browser.get("/history?kind=prompt")).text.split('href="/history/')[-1].split('"')[0]
        assert "25 Nov 2026, 00:30:00 (24 Nov, 11:30:00 UTC)" in (await browser.get(f"/history/{entry}")).text
        assert "Times are shown in Pacific/Auckland time." in page


async def test_taking_an_export_is_itself_an_entry_with_the_filter_it_was_taken_with(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    await browser.get("/history/export.csv", params={"kind": "held"})
    page = await browser.get("/history", params={"kind": "exported"})
    assert "kind=held" in page.text


async def test_pages_follow_each_other_without_a_gap(console: Console) -> None:
    for at in range(60):
        await console.run_of(console.owner, f"refund order {at}")
    browser = await console.signed_in("olivia@shop.test")
    first = (await browser.get("/history")).text
    older = first.split('href="/history?before=')[1].split('"')[0]
    assert f'href="/history/{older}"' in first
    second = (await browser.get(f"/history?before={older}")).text
    assert f'href="/history/{int(older) - 1}"' in second
    assert f'href="/history/{older}"' not in second


async def test_an_entry_of_a_key_names_whose_it_is(console: Console) -> None:
    key = replace(console.owner, kind="key", id="key_00000000000000000000000001", name="till")
    await console.run_of(key, "refund order 7")
    browser = await console.signed_in("olivia@shop.test")
    listed = (await browser.get("/history?kind=prompt")).text
    assert f"{console.owner.name} (key “till”)" in listed
    seq = listed.split('<th scope="row"><a href="/history/')[1].split('"')[0]
    assert f"{console.owner.name} (key “till”), owner" in (await browser.get(f"/history/{seq}")).text


async def test_hostile_text_in_an_entry_is_shown_and_not_obeyed(console: Console) -> None:
    await console.run_of(console.owner, "<img src=x onerror=alert(1)> \u202egnp.exe")
    browser = await console.signed_in("olivia@shop.test")
    for page in ("/history?kind=prompt", "/history/8", "/runs", "/"):
        text = (await browser.get(page)).text
        assert "<img src=x" not in text
    listed = (await browser.get("/history?kind=prompt")).text
    assert "&lt;img src=x onerror=alert(1)&gt; ‹U+202E›gnp.exe" in listed


async def test_an_unbroken_chain_says_so(console: Console) -> None:
    page = await (await console.signed_in("olivia@shop.test")).get("/history/verify")
    assert "The chain is unbroken" in page.text
    async with console.container.database.read() as session:
        head = await store.history.log.head(session, console.owner.workspace)
    assert head is not None
    assert f"opsiq history verify --anchor {head.seq}:{head.digest}" in page.text


@pytest.mark.parametrize("seq", ["0", "99999"])
async def test_an_entry_that_is_not_there_is_not_found(console: Console, seq: str) -> None:
    assert (await (await console.signed_in("olivia@shop.test")).get(f"/history/{seq}")).status_code == 404


async def test_another_workspaces_entries_are_nowhere(console: Console) -> None:
    await console.run_of(console.stranger, "theirs alone")
    browser = await console.signed_in("olivia@shop.test")
    assert "theirs alone" not in (await browser.get("/history")).text
    assert "theirs alone" not in (await browser.get("/history/export.csv")).text


async def test_entries_are_found_by_model_and_prompt_version_and_both_are_offered(console: Console) -> None:
    for model, version in (("acme/large_one", "propose/v1"), ("acme/large_one", "propose/v2"), ("offline", None)):
        async with console.container.database.begin() as session:
            await store.history.log.append(
                session,
                workspace=console.owner.workspace,
                kind="resolved",
                run_id="run_1",
                actor=console.owner.as_json(),
                data={"trace": {"resolver": "x", "tokens_in": 1}},
                at=console.clock(),
                model=model,
                prompt_version=version,
            )
    browser = await console.signed_in("olivia@shop.test")
    for wanted, entries in (
        ({"model": "acme/large_one"}, 2),
        ({"prompt": "propose/v2"}, 1),
        ({"model": "offline", "prompt": "propose/v1"}, 0),
    ):
        page = (await browser.get("/history", params=wanted)).text
        assert page.count('<tr><th scope="row">') == entries, wanted
        assert '<option value="acme/large_one"' in page
        assert ">acme/large_one</option>" in page
        assert '<option value="propose/v2"' in page


async def test_a_filter_is_kept_as_a_view_shared_and_deleted(console: Console) -> None:
    olivia = await console.signed_in("olivia@shop.test")
    await console.container.workspace_admin.add_member(
        console.owner, email="otto@shop.test", person="Otto", role="owner", password=PASSWORD
    )
    otto = await console.signed_in("otto@shop.test")
    assert "Save as a view" not in (await olivia.get("/history")).text
    assert "Save as a view" in (await olivia.get("/history?kind=held")).text
    kept = await post(olivia, "/history/views", {"name": "Held cards", "query": "kind=held", "shared": "yes"})
    assert (kept.status_code, kept.headers["location"]) == (303, "/history?kind=held")
    await post(olivia, "/history/views", {"name": "Only mine", "query": "q=sara&kind=member_added"})
    mine = (await olivia.get("/history?kind=held")).text
    assert 'href="/history?kind=held" aria-current="true">Held cards' in mine
    assert "Only mine" in mine
    assert "kind=member_added&amp;q=sara" in mine, "in the order of the page's own addresses"
    theirs = (await otto.get("/history")).text
    assert "shared by Olivia" in theirs
    assert "Only mine" not in theirs
    shared = re.findall(r"/history/views/(hvw_\w+)/delete", theirs)
    own = set(re.findall(r"/history/views/(hvw_\w+)/delete", mine)) - set(shared)
    assert (await post(otto, f"/history/views/{own.pop()}/delete")).status_code == 404
    assert (await post(otto, f"/history/views/{shared[0]}/delete")).status_code == 303
    assert "Held cards" not in (await olivia.get("/history")).text


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"name": "x", "query": ""}, 400),
        ({"name": "", "query": "kind=held"}, 400),
        ({"name": "x" * 61, "query": "kind=held"}, 400),
        ({"name": "x", "query": "nonsense=1"}, 400),
        ({"name": "x", "query": "//evil.test"}, 400),
        ({"name": "x", "query": "since=yesterday"}, 400),
        ({"name": "taken", "query": "kind=held"}, 409),
    ],
)
async def test_what_is_no_filter_or_has_no_name_is_kept_as_no_view(
    console: Console, fields: dict[str, str], status: int
) -> None:
    browser = await console.signed_in("olivia@shop.test")
    await post(browser, "/history/views", {"name": "taken", "query": "kind=held"})
    assert (await post(browser, "/history/views", fields)).status_code == status
    assert (await browser.get("/history")).text.count("/delete") == 1


async def test_an_export_says_beforehand_how_many_entries_come_to_a_page_that_draws_it(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    for query in ({"kind": "member_added"}, {"q": "sara"}, {"q": "nothing like it"}, {}):
        answer = await browser.get("/history/export.csv", params=query, headers={"X-Progress": "1"})
        assert int(answer.headers["x-entries"]) == len(list(csv.DictReader(io.StringIO(answer.text)))), query
        assert answer.text.count("\r\n") == int(answer.headers["x-entries"]) + 1, "as the page counts"
    assert "x-entries" not in (await browser.get("/history/export.csv")).headers


async def test_an_entry_shows_both_readings_as_the_texts_they_are(console: Console) -> None:
    second = {"resolver": "model", "prompt": "about the <b>pieces</b>", "response": '{"B1": {"is": "nothing"}}'}
    trace = {"resolver": "model", "prompt": "about the request", "response": "{}", "second": second}
    async with console.container.database.begin() as session:
        await store.history.log.append(
            session,
            workspace=console.owner.workspace,
            kind="resolved",
            run_id="run_1",
            actor=console.owner.as_json(),
            data={"trace": trace},
            at=console.clock(),
        )
        last = await store.history.log.head(session, console.owner.workspace)
    assert last is not None
    browser = await console.signed_in("olivia@shop.test")
    page = (await browser.get(f"/history/{last.seq}")).text
    assert page.index("about the request") < page.index("Asked again") < page.index("about the &lt;b&gt;pieces")
    assert page.count("about the request") == page.count("about the &lt;b&gt;pieces") == 1


async def test_acts_are_one_view_and_a_reading_says_what_read_it(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    page = (await browser.get("/history")).text
    assert '<a href="/history?kind=call_settled">Acts only</a>' in page
    assert '<span class="name" dir="auto" title="Olivia">Olivia</span>' in page
    here = (await browser.get("/history?kind=call_settled")).text
    assert '<a href="/history?kind=call_settled" aria-current="true">Acts only</a>' in here
    assert summarize_entry({"trace": {"resolver": "offline"}}) == "by the rules, without a model"
    assert summarize_entry({"trace": {"resolver": "model", "model": "some/model"}}) == "by some/model"


async def test_acts_are_told_by_the_words_of_their_card_and_by_their_actions_titles(console: Console) -> None:
    run = await hold_card(console, console.owner)
    call = {"status": 409, "detail": "The endpoint answered 409."}
    async with console.container.database.begin() as session:
        settled = await recorder.record(
            session, run, EntryType.CALL_SETTLED, console.clock(), outcome="failed", call=call,
            sentences=["Refund order 7."],
        )  # fmt: skip
    browser = await console.signed_in("olivia@shop.test")
    page = (await browser.get("/history?kind=call_settled")).text
    assert "Refund order 7. The endpoint answered 409." in page
    assert '<span class="quiet">Refund an order</span>' in page
    own = (await browser.get(f"/history/{settled.seq}")).text
    assert own.index('<p class="lead">Refund order 7. The endpoint answered 409.</p>') < own.index("When, exactly")
