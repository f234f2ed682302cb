"""Wrong passwords count for each member: in AI History, one entry for each member and window with their number, and for
whoever guesses."""

from __future__ import annotations

import json

from sqlalchemy import select

import store.history.log
from agent.workspace.wrong_passwords import WINDOW, WRONG_PASSWORDS_JOB, WrongPasswords
from executors.jobs.queue import Done
from store.history.log import HistoryFilters, HistoryRow
from store.jobs.jobs import Job, JobRow
from store.rows import table
from tests.integration.web.console.account.test_sign_in import wrong
from tests.integration.web.console.console import PASSWORD, Console, post, sign_in


async def jobs(console: Console) -> list[Job]:
    rows = table(JobRow)
    async with console.container.database.read() as session:
        found = await session.execute(select(rows).where(rows.c.kind == WRONG_PASSWORDS_JOB).order_by(rows.c.key))
        return [
            Job(each["id"], each["key"], each["kind"], each["workspace"], json.loads(each["payload"]), 1, "test")
            for each in found.mappings()
        ]


async def entries(console: Console) -> list[HistoryRow]:
    """The entries that the jobs of all windows so far write."""
    handler = WrongPasswords(console.container.database, console.clock)
    for job in await jobs(console):
        outcome = await handler.record(job)
        assert isinstance(outcome, Done)
        if outcome.record is not None:
            async with console.container.database.begin() as session:
                await outcome.record(session)
    async with console.container.database.read() as session:
        wanted = HistoryFilters(kinds=("sign_in_refused",))
        return await store.history.log.page(session, console.owner.workspace, filters=wanted, limit=50)


async def test_guesses_of_one_window_are_one_entry_with_their_number_and_origin(console: Console) -> None:
    for address, times in (("192.0.2.7", 3), ("192.0.2.8", 1)):
        for _ in range(times):
            answer = await sign_in(console.browser(address), "Amir@shop.test", "wrong-wrong-wrong")
            assert answer.status_code == 401
    assert len(await jobs(console)) == 1
    (entry,) = await entries(console)
    data = json.loads(entry.data)
    assert (data["member"], data["why"], data["count"]) == (console.admin.id, "wrong_password", 4)
    assert data["addresses"] == ["192.0.2.7", "192.0.2.8"], "the most guesses first"
    assert data["detail"] == "4 wrong passwords for amir@shop.test between 12:00 and 12:15 UTC."
    assert json.loads(entry.actor)["kind"] == "system", "nobody knows who it was"


async def test_each_window_has_its_own_entry(console: Console) -> None:
    await sign_in(console.browser(), "amir@shop.test", "wrong-wrong-wrong")
    console.clock.advance(seconds=WINDOW.total_seconds())
    await sign_in(console.browser(), "amir@shop.test", "wrong-wrong-wrong")
    assert sorted(json.loads(each.data)["count"] for each in await entries(console)) == [1, 1]


async def test_an_address_of_nobody_and_an_attempt_that_is_not_checked_leave_nothing(console: Console) -> None:
    await sign_in(console.browser(), "nobody@shop.test", "wrong-wrong-wrong")
    assert not await jobs(console)
    answers = [await sign_in(console.browser(), "amir@shop.test", "wrong-wrong-wrong") for _ in range(8)]
    assert answers[-1].status_code == 429
    (entry,) = await entries(console)
    assert json.loads(entry.data)["count"] == 5, "those that were told to wait were not checked"


async def test_a_wrong_password_of_somebody_who_is_signed_in_counts_too(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    answer = await post(browser, "/members", {"email": "x@shop.test", "role": "support", "password": "not-it-at-all"})
    assert answer.status_code == 422
    (entry,) = await entries(console)
    assert json.loads(entry.data)["member"] == console.owner.id


async def test_who_has_a_place_elsewhere_under_anothers_address_guesses_no_faster(console: Console) -> None:
    """An owner of another workspace invites whom they like, and accepts it themself. Their own password then resets
    nothing that counts for the other place, and makes neither their browser nor their address known there."""
    guesser, mine = console.browser("203.0.113.9"), "a password of the guesser"
    await console.container.workspace_admin.add_member(
        console.stranger, email="olivia@shop.test", person="Olivia", role="support", password=mine
    )
    tried = []
    for _ in range(3):
        tried += [(await sign_in(guesser, "olivia@shop.test", "wrong-wrong-wrong")).status_code for _ in range(4)]
        assert (await sign_in(guesser, "olivia@shop.test", mine)).status_code == 303
        await post(guesser, "/sign-out")
    assert tried == [401] * 4 + [429] * 8, "the right one of a place elsewhere is a wrong one here"
    for each in range(20):
        await wrong(console, f"198.51.100.{each}", 1)
    console.clock.advance(minutes=16)
    await wrong(console, "198.51.100.99", 1)
    assert (await sign_in(guesser, "olivia@shop.test", PASSWORD)).status_code == 429, "neither is known there"
    assert (await sign_in(guesser, "olivia@shop.test", mine)).status_code == 303, "both are known here"


async def test_a_password_that_fits_a_place_elsewhere_counts_as_a_guess_here(console: Console) -> None:
    """The guesser sets each guess as the password of a member of their own under the same address."""
    await console.container.workspace_admin.add_member(
        console.stranger, email="olivia@shop.test", person="Olivia", role="support", password="a guess or so"
    )
    for _ in range(8):
        answer = await sign_in(console.browser("203.0.113.9"), "olivia@shop.test", "a guess or so")
        assert answer.status_code == 303
    (entry,) = [each for each in await entries(console) if json.loads(each.data)["member"] == console.owner.id]
    assert json.loads(entry.data)["count"] == 5, "then it is checked no more"
