"""AI History in the console."""

from __future__ import annotations

import csv
import io

import pytest

from tests.integration.web.console import Console


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


@pytest.mark.parametrize("seq", ["0", "99999"])
async def test_an_entry_that_is_not_there_is_not_found(console: Console, seq: str) -> None:
    assert (await (await console.signed_in("olivia@shop.test")).get(f"/history/{seq}")).status_code == 404


async def test_another_workspaces_entries_are_nowhere(console: Console) -> None:
    await console.run_of(console.stranger, "theirs alone")
    browser = await console.signed_in("olivia@shop.test")
    assert "theirs alone" not in (await browser.get("/history")).text
    assert "theirs alone" not in (await browser.get("/history/export.csv")).text
