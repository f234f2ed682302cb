"""The days of an admin, of a second approver and of an auditing owner, each at a browser of their own."""

from __future__ import annotations

import csv
import re
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.installation import Installation
from tests.browser.browser_session import Visit
from tests.browser.conftest import New
from tests.integration.web.console.samples.evals import entry, with_entries


def call_id_of(page: Page) -> str:
    return page.locator(".came dd.mono").last.text_content() or ""


def asked_by_amir(amir: Visit, whom: str) -> str:
    """A card that two people must approve; its address."""
    amir.ask(f"suspend {whom}")
    amir.sees("Why should the account be suspended?")
    amir.focus_is_on("#answer")
    amir.type("unpaid bills")
    amir.press("Enter")
    amir.focus_is_on("#card-title")
    return amir.page.url


def test_an_admins_ambiguous_request_is_narrowed_edited_and_rejected_by_keyboard(
    world: Installation, visit: New
) -> None:
    amir = visit().sign_in("amir")
    page = amir.page
    amir.ask("give Adam 75 EUR credit")
    amir.sees(re.compile("Two customers"))
    amir.press("1")
    amir.focus_is_on("#card-title")
    card = page.locator("#card")
    whole = card.locator("[data-value$=amount] .value").inner_text()
    digest = card.locator(".digest summary").inner_text()
    amir.tab_to(".edit summary[aria-label='Edit Amount']")
    amir.press("Enter")
    amir.type("60 euros")
    amir.press("Enter")
    expect(card.get_by_text("60.00 EUR", exact=True)).to_be_visible()
    assert whole != "60.00 EUR"
    assert card.locator(".digest summary").inner_text() != digest
    expect(card).to_contain_text("you said “60 euros”")

    amir.tab_to(".reject summary")
    amir.press("Enter")
    amir.type("wrong Adam after all")
    amir.press("Enter")
    amir.sees("Rejected. Nothing was sent.")
    expect(amir.page.get_by_text("Reason: wrong Adam after all")).to_be_visible()
    assert not world.received_of(amir.page.url.rsplit("/", 1)[1], "amir")
    assert world.verify()["ok"]


def test_an_admin_undoes_what_was_done(world: Installation, visit: New) -> None:
    amir = visit().sign_in("amir")
    amir.ask("give Hugo Bernard 75 EUR credit")
    amir.focus_is_on("#card-title")
    amir.press("Control+Enter")
    amir.sees("Done")
    (given,) = world.received(call_id_of(amir.page))
    answered = amir.page.locator(".came pre").text_content() or ""
    amir.tab_to("text=Undo this…")
    amir.press("Enter")
    expect(amir.page.locator("#text")).to_be_focused()
    expect(amir.page.locator("#text")).to_have_value(re.compile(r"^take credit \d+ back$"))
    amir.press("Enter")
    expect(amir.page).to_have_url(re.compile("/runs/run_"))
    amir.focus_is_on("#card-title")
    amir.press("c")
    if amir.page.get_by_role("button", name="Yes: confirm and send").count():
        amir.press("y")
    amir.sees("Done")
    (taken,) = world.received(call_id_of(amir.page))
    assert given["params"]["amount"] == 7500
    assert str(taken["params"]["credit_id"]) in answered, "the very credit that was given"


def test_an_undo_names_the_record_by_its_id_not_by_the_words_of_its_label(world: Installation, visit: New) -> None:
    amir = visit().sign_in("amir")
    amir.ask("close ticket 5526")
    amir.focus_is_on("#card-title")
    amir.press("Control+Enter")
    amir.sees("Done")
    closed = call_id_of(amir.page)
    amir.tab_to("text=Undo this…")
    amir.press("Enter")
    expect(amir.page.locator("#text")).to_have_value("reopen ticket 5526")
    amir.press("Enter")
    expect(amir.page).to_have_url(re.compile("/runs/run_"))
    amir.sees("Reopen ticket #5526")
    amir.sees("Done")
    assert "Nothing is done about" not in amir.page.inner_text("main")
    (opened,) = world.received(call_id_of(amir.page))
    assert (opened["params"], call_id_of(amir.page) != closed) == ({"ticket_id": 5526}, True)


def test_a_second_approver_finds_who_waits_and_says_yes_where_one_alone_can_not(
    world: Installation, visit: New
) -> None:
    amir, oscar = visit().sign_in("amir"), visit().sign_in("oscar")
    address = asked_by_amir(amir, "Brightwater")
    run_id = address.rsplit("/", 1)[1]
    amir.press("c")
    expect(amir.page.get_by_text("You have approved this.")).to_be_visible()
    amir.press("c", "Control+Enter")
    expect(amir.page.locator("#card")).to_contain_text("1 of 2")
    assert not world.received_of(run_id, "amir")

    oscar.tab_to("a[href='/approvals']")
    oscar.press("Enter")
    oscar.sees("Approvals")
    waiting = oscar.page.locator("li.panel", has=oscar.page.locator(f"a[href='/runs/{run_id}']"))
    for shown in ("amir (admin)", "1 of 2 approvals", "waiting since", "expires"):
        expect(waiting).to_contain_text(shown)
    oscar.tab_to(f"a[href='/runs/{run_id}']")
    oscar.press("Enter")
    oscar.focus_is_on("#card-title")
    expect(oscar.page.locator("#card")).to_contain_text("unpaid bills")
    oscar.press("c")
    oscar.sees("Done")
    amir.sees("Done")
    assert len(world.received_of(run_id, "amir")) == 1
    oscar.page.goto("/approvals")
    expect(oscar.page.locator(f"a[href='/runs/{run_id}']")).to_have_count(0)


def test_a_second_approver_says_no_and_who_asked_reads_why(world: Installation, visit: New) -> None:
    amir, oscar = visit().sign_in("amir"), visit().sign_in("oscar")
    address = asked_by_amir(amir, "Hugo Bernard")
    amir.press("c")
    expect(amir.page.get_by_text("You have approved this.")).to_be_visible()
    oscar.page.goto(address)
    oscar.focus_is_on("#card-title")
    oscar.tab_to(".reject summary")
    oscar.press("Enter")
    oscar.type("they paid this morning")
    oscar.press("Enter")
    oscar.sees("Rejected. Nothing was sent.")
    amir.page.reload()
    amir.sees("Rejected. Nothing was sent.")
    expect(amir.page.get_by_text("Reason: they paid this morning")).to_be_visible()
    assert not world.received_of(address.rsplit("/", 1)[1], "amir")


@pytest.fixture
def audited(world: Installation) -> list[str]:
    """What amir asked before the owner looks: one that was sent, one with a formula in it, one that nothing fits."""
    texts = ("resend invoice INV-1042", '=HYPERLINK("http://evil.test")', "what's the weather in Prague, <b>Bob</b>?")
    return [world.ask("amir", text)["id"] for text in texts]


def test_an_owner_audits_filters_reads_takes_the_file_and_verifies(
    world: Installation, visit: New, audited: list[str], tmp_path: Path
) -> None:
    world.ask("olivia", "resend invoice INV-1042")
    olivia = visit().sign_in("olivia")
    olivia.tab_to("a[href='/history']")
    olivia.press("Enter")
    olivia.sees("AI History")
    olivia.page.get_by_label("Person").select_option("amir")
    olivia.page.get_by_label("Kind").select_option("prompt")
    olivia.page.get_by_role("button", name="Filter").press("Enter")
    expect(olivia.page.locator("tbody tr", has_text="olivia")).to_have_count(0)
    expect(olivia.page.locator("tbody tr").first).to_contain_text("weather in Prague")
    with olivia.page.expect_download() as download:
        olivia.page.get_by_role("link", name="Export CSV").press("Enter")
    saved = tmp_path / "history.csv"
    download.value.save_as(saved)
    assert download.value.suggested_filename.endswith(".csv")
    with saved.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["kind"] for row in rows} == {"prompt"}
    assert {row["actor_name"] for row in rows} == {"amir"}
    assert set(audited) <= {row["run_id"] for row in rows}
    entries = world.clients["olivia"].get("/v1/history", "kind=prompt&limit=200")["data"]
    assert len(rows) == len([each for each in entries if each["actor"]["name"] == "amir"])
    assert not [cell for row in rows for cell in row.values() if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    assert any("'=HYPERLINK" in cell or "=HYPERLINK" in cell for row in rows for cell in row.values())

    olivia.page.get_by_label("Words").fill("weather")
    olivia.page.get_by_role("button", name="Filter").press("Enter")
    expect(olivia.page.locator("tbody tr")).to_have_count(1)
    expect(olivia.page.locator("tbody tr")).to_contain_text("<b>Bob</b>")
    olivia.page.locator("tbody th a").press("Enter")
    olivia.sees("Request")
    for shown in ("Digest of this entry", "Digest of the entry before"):
        expect(olivia.page.get_by_text(shown)).to_be_visible()
    olivia.page.get_by_role("link", name="All of this run").press("Enter")
    expect(olivia.page).to_have_url(re.compile(f"run={audited[2]}"))
    olivia.page.goto("/history?kind=exported")
    expect(olivia.page.locator("tbody tr").first).to_contain_text("olivia")
    olivia.page.goto("/history")
    olivia.page.get_by_role("link", name="Verify chain").press("Enter")
    olivia.sees("The chain is unbroken")


def test_an_owner_is_told_where_the_chain_is_broken(world: Installation, visit: New, audited: list[str]) -> None:
    olivia = visit().sign_in("olivia")
    seq = world.clients["olivia"].get("/v1/history", f"run_id={audited[0]}&limit=200")["data"][-1]["seq"]

    def written(outcome: str | None) -> str | None:
        with sqlite3.connect(world.folder / "opsiq.db", timeout=30) as database:
            (was,) = database.execute("SELECT outcome FROM history WHERE seq = ?", (seq,)).fetchone()
            database.execute("UPDATE history SET outcome = ? WHERE seq = ?", (outcome, seq))
        database.close()
        return was  # type: ignore[no-any-return]

    was = written("forged")
    try:
        olivia.page.goto("/history/verify")
        olivia.sees(f"The chain is broken at entry {seq}")
        olivia.page.get_by_role("link", name="Look at it").press("Enter")
        expect(olivia.page).to_have_url(re.compile(f"/history/{seq}$"))
    finally:
        written(was)
    olivia.page.goto("/history/verify")
    olivia.sees("The chain is unbroken")


@pytest.fixture
def reports(tmp_path: Path) -> tuple[Path, Path]:
    """Of the same twelve cases: nine wrong before, one other wrong after."""
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    before.write_bytes(with_entries([entry(at, right=at >= 9) for at in range(12)], title="the older"))
    after.write_bytes(with_entries([entry(at, right=at != 11) for at in range(12)], title="the newer"))
    return before, after


def test_an_evaluator_adds_two_reports_and_compares_them(visit: New, reports: tuple[Path, Path]) -> None:
    eva = visit().sign_in("olivia")
    eva.tab_to("a[href='/evals']")
    eva.press("Enter")
    eva.sees("Evals")
    expect(eva.page.get_by_text("No report is kept here yet.")).to_be_visible()
    for path, title in zip(reports, ("the older", "the newer"), strict=True):
        eva.page.get_by_label("Add a report").set_input_files(path)
        eva.page.get_by_role("button", name="Add", exact=True).press("Enter")
        eva.sees(re.compile(title))
        eva.page.goto("/evals")
    eva.page.get_by_label(re.compile("^Compare the older")).press("Space")
    eva.page.get_by_label(re.compile("^Compare the newer")).press("Space")
    eva.page.get_by_role("button", name="Compare the two ticked").press("Enter")
    eva.sees("Compare reports")
    verdict = eva.page.get_by_label("Verdict")
    first_is_older = eva.page.locator("#first option[selected]").inner_text().startswith("the older")
    if not first_is_older:
        eva.page.get_by_role("link", name="Swap").press("Enter")
    expect(verdict).to_contain_text("3 → 11 of 12 right")
    expect(verdict).to_contain_text("9 fixed")
    expect(verdict).to_contain_text("1 broken")
    expect(eva.page.locator("ul.changed")).to_contain_text("case-11")
    eva.page.locator("nav a[href*='show=fixed']").press("Enter")
    expect(eva.page.locator("ul.changed > li")).to_have_count(9)
    eva.page.goto("/evals")
    eva.page.get_by_role("link", name="the newer").press("Enter")
    eva.sees(re.compile("the newer"))


def test_who_governs_nothing_sees_no_places_of_owners_and_is_told_plainly(visit: New) -> None:
    sara = visit().sign_in("sara")
    for place in ("/history", "/keys", "/members", "/webhooks", "/connectors"):
        expect(sara.page.locator(f"nav a[href='{place}']")).to_have_count(0)
        sara.page.goto(place)
        expect(sara.page.get_by_text("Only owners see this page, and your role is support.")).to_be_visible()
