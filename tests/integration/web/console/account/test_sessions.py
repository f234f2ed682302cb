"""A session is its own person's alone: never one that somebody chose, never on a page, and over when it must be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

import store.accounts.logins
import store.accounts.members
from agent.workspace.members import MemberService
from core.actor import Actor
from core.crypto import passwords
from tests.integration.web.console.console import PASSWORD, Console, csrf, opened_console, post, sign_in
from tests.integration.web.console.rows import Rows
from tests.integration.web.console.test_access import ROUTES
from web.console.session import COOKIE


async def test_the_cookie_of_a_session_is_for_no_script_and_for_no_other_site(tmp_path: Path) -> None:
    async with opened_console(tmp_path, OPSIQ_BASE_URL="https://console.test") as console:
        browser = console.browser()
        browser.base_url = httpx.URL("https://console.test")
        answer = await sign_in(browser, "olivia@shop.test", PASSWORD)
    (given,) = [each for each in answer.headers.get_list("set-cookie") if each.startswith(f"__Host-{COOKIE}=")]
    parts = {part.strip().lower() for part in given.split(";")}
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= parts
    assert not [part for part in parts if part.startswith("domain")]


async def lets_in(console: Console, token: str) -> bool:
    browser = console.browser()
    browser.cookies.set(COOKIE, token)
    return (await browser.get("/account")).status_code == 200


def token_of(browser: AsyncClient) -> str:
    return {each.name: each.value or "" for each in browser.cookies.jar}[COOKIE]


async def test_a_session_that_somebody_planted_is_not_the_one_that_is_signed_in(console: Console) -> None:
    planted = "planted" * 6
    browser = console.browser()
    browser.cookies.set(COOKIE, planted, domain="console.test", path="/")
    assert (await sign_in(browser, "olivia@shop.test", PASSWORD)).status_code == 303
    assert token_of(browser) != planted
    assert not await lets_in(console, planted)


async def test_a_form_secret_that_somebody_planted_is_not_the_one_after_signing_in(console: Console) -> None:
    browser = console.browser()
    browser.cookies.set("opsiq_form", "p" * 40, domain="console.test", path="/")
    answer = await browser.post("/sign-in", data={"csrf": "p" * 40, "email": "olivia@shop.test", "password": PASSWORD})
    assert answer.status_code == 303
    refused = await browser.post("/runs", data={"csrf": "p" * 40, "text": "refund order 7"})
    assert refused.status_code == 403


async def test_signing_in_again_makes_another_session_and_ends_the_one_before(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    before = token_of(browser)
    other = console.browser()
    other.cookies.set(COOKIE, before, domain="console.test", path="/")
    form = csrf(await other.get("/"))
    answer = await other.post("/sign-in", data={"csrf": form, "email": "amir@shop.test", "password": PASSWORD})
    assert answer.status_code == 303
    assert token_of(other) != before
    assert not await lets_in(console, before)
    assert await lets_in(console, token_of(other))


async def test_a_change_of_the_password_makes_another_session_here_and_ends_every_other(console: Console) -> None:
    here, there = await console.signed_in("olivia@shop.test"), await console.signed_in("olivia@shop.test")
    before, elsewhere, form = token_of(here), token_of(there), csrf(await here.get("/account"))
    data = {"csrf": form, "password": PASSWORD, "fresh": "another good password"}
    answer = await here.post("/account/password", data=data)
    assert "Your password is changed" in answer.text
    assert token_of(here) != before
    assert await lets_in(console, token_of(here))
    assert not await lets_in(console, before)
    assert not await lets_in(console, elsewhere)
    assert csrf(answer) != form
    assert (await here.post("/account/sign-out", data={"csrf": form})).status_code == 403, "nor does the secret go on"
    assert (await here.post("/account/sign-out", data={"csrf": csrf(answer)})).status_code == 303


async def change_password(session: AsyncSession, amir: Actor, at: datetime) -> None:
    fresh = passwords.hash_password("another good password")
    await store.accounts.members.set_password(session, amir.workspace, amir.id, fresh)
    await store.accounts.logins.revoke_all(session, amir.workspace, amir.id, at)


async def deactivate_for_a_moment(session: AsyncSession, amir: Actor, at: datetime) -> None:
    await store.accounts.members.disable(session, amir.workspace, amir.id)
    await store.accounts.members.enable(session, amir.workspace, amir.id, at=at + timedelta(seconds=1), by=None)


async def change_role(session: AsyncSession, amir: Actor, at: datetime) -> None:
    await store.accounts.members.set_role(session, amir.workspace, amir.id, "owner", at=at, by=None)


@pytest.mark.parametrize("change", [change_password, deactivate_for_a_moment, change_role])
async def test_who_is_changed_while_they_sign_in_is_not_signed_in(
    console: Console, change: Callable[[AsyncSession, Actor, datetime], Awaitable[None]]
) -> None:
    """Their sign-in waits for a transaction that takes away what it stands on. The right password was checked before
    that."""
    browser, amir, now = console.browser(), console.admin, console.container.clock()
    async with console.container.database.begin() as session:
        signing_in = asyncio.create_task(sign_in(browser, "amir@shop.test", PASSWORD))
        await asyncio.wait({signing_in}, timeout=0.5)
        await change(session, amir, now)
    assert (await signing_in).status_code == 401
    assert COOKIE not in {each.name for each in browser.cookies.jar}
    async with console.container.database.read() as session:
        assert not await store.accounts.logins.of_member(session, amir.workspace, amir.id, now)


async def test_a_new_password_is_not_undone_by_whoever_was_changing_the_old_one(console: Console) -> None:
    """Somebody has the password and a session, so the operator sets another. A change that was on its way then finds
    its sign-in ended."""
    browser, amir = await console.signed_in("amir@shop.test"), console.admin
    form = csrf(await browser.get("/account"))
    async with console.container.database.begin() as session:
        data = {"csrf": form, "password": PASSWORD, "fresh": "a password of the thief"}
        changing = asyncio.create_task(browser.post("/account/password", data=data))
        await asyncio.wait({changing}, timeout=0.5)
        await change_password(session, amir, console.container.clock())
    assert (await changing).status_code == 403
    assert (await sign_in(console.browser(), "amir@shop.test", "another good password")).status_code == 303


async def test_a_password_that_is_refused_changes_no_session(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    before = token_of(browser)
    for data in ({"password": "wrong", "fresh": "another good password"}, {"password": PASSWORD, "fresh": "short"}):
        assert (await post(browser, "/account/password", data)).status_code == 422
    assert token_of(browser) == before
    assert await lets_in(console, before)


async def test_who_is_given_another_role_signs_in_anew(console: Console) -> None:
    olivia, amir = await console.signed_in("olivia@shop.test"), await console.signed_in("amir@shop.test")
    before = token_of(amir)
    answer = await post(olivia, f"/members/{console.admin.id}/role", {"role": "support", "password": PASSWORD})
    assert answer.status_code == 303
    assert not await lets_in(console, before)
    assert await lets_in(console, token_of(olivia)), "who gave it goes on"
    again = await console.signed_in("amir@shop.test")
    assert token_of(again) != before


@pytest.mark.parametrize("swapped", [False, True])
async def test_who_gives_themself_another_role_has_another_session_at_once(console: Console, swapped: bool) -> None:
    member_service: MemberService = console.container.member_service
    await member_service.change_role(console.owner, console.admin.id, "owner")
    olivia, elsewhere = await console.signed_in("olivia@shop.test"), await console.signed_in("olivia@shop.test")
    before, form = token_of(olivia), csrf(await olivia.get("/account"))
    answer = await olivia.post(
        f"/members/{console.owner.id}/role",
        data={"csrf": form, "role": "admin", "password": PASSWORD},
        headers={"HX-Request": "true"} if swapped else {},
    )
    assert (answer.status_code, answer.headers["hx-redirect" if swapped else "location"]) == (
        200 if swapped else 303,
        "/",
    )
    assert token_of(olivia) != before
    assert await lets_in(console, token_of(olivia))
    assert not await lets_in(console, before)
    assert not await lets_in(console, token_of(elsewhere))
    assert (await olivia.get("/history")).status_code == 403, "and it is one of the new role"


async def test_who_signs_out_leaves_a_session_that_lets_nobody_in(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    before = token_of(browser)
    assert (await post(browser, "/sign-out")).status_code == 303
    assert not await lets_in(console, before)


async def test_a_session_is_stored_as_a_digest_and_is_on_no_page(console: Console, mine: Rows) -> None:
    browser = await console.signed_in("olivia@shop.test")
    token = token_of(browser)
    for method, path in ROUTES:
        if method == "GET":
            answer = await browser.get(mine.at(path))
            assert token not in answer.text, path
            assert token not in str(answer.headers), path
    assert token.encode() not in b"".join(
        each.read_bytes() for each in console.container.settings.data_dir.glob("opsiq.db*")
    )


async def test_a_person_changes_their_own_name_and_ai_history_has_it(console: Console) -> None:
    browser = await console.signed_in("sara@shop.test")
    answer = await post(browser, "/account/name", {"name": "  Sara Kern "})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    page = (await browser.get("/account")).text
    assert 'value="Sara Kern"' in page
    assert '<b dir="auto">Sara Kern</b>' in page
    olivia = await console.signed_in("olivia@shop.test")
    assert "name changed" in (await olivia.get("/history?kind=member_renamed")).text
    swapped = await post(browser, "/account/name", {"name": "Sara"}, **{"hx-request": "true"})
    assert swapped.headers["hx-redirect"] == "/account"
    for unfit in (" ", "two\nlines", "x" * 101):
        answer = await post(browser, "/account/name", {"name": unfit})
        assert answer.status_code == 422
        assert "A name is one line of up to 100 characters." in answer.text
    for taken in ("Olivia", "olivia", "\u041elivia"):  # the last begins with a Cyrillic letter
        answer = await post(browser, "/account/name", {"name": taken})
        assert answer.status_code == 422
        assert "Somebody here is called so already." in answer.text
    assert 'value="Sara"' in (await browser.get("/account")).text
    assert (await browser.post("/account/name", data={"name": "Eve"})).status_code == 403
