"""API keys in the console: made with the password asked again, shown once, rotated with an overlap, revoked."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from httpx import AsyncClient, Response

import store.accounts.api_keys
import store.history.log
from core.scopes import OWNER_SCOPES, SCOPES
from store.accounts.api_keys import KeyRow
from tests.integration.web.console.console import PASSWORD, Console, csrf
from web.console.account import login_throttle
from web.console.keys import keys

GIVEN = {
    "name": "shop backend",
    "mode": "live",
    "role": "support",
    "expires": "30",
    "scope": ["events:write", "me:read"],
}


def ticket(page: Response) -> str:
    """The page's ticket; empty where none of its forms needs one."""
    found = re.search(r'name="once" value="([^"]+)"', page.text)
    return found[1] if found else ""


async def submit(browser: AsyncClient, page: str, path: str, **fields: object) -> Response:
    """The form of a page as a browser sends it: with its secret and its ticket."""
    shown = await browser.get(page)
    data = {"csrf": csrf(shown), "once": ticket(shown), **fields}
    return await browser.post(path, data=data)


async def made(console: Console, browser: AsyncClient, **more: object) -> KeyRow:
    before = {row.id for row in await listed(console)}
    answer = await submit(browser, "/keys/new", "/keys", **{**GIVEN, "password": PASSWORD, **more})
    assert answer.status_code == 201, answer.text
    (row,) = [row for row in await listed(console) if row.id not in before]
    return row


async def listed(console: Console) -> list[KeyRow]:
    async with console.container.database.read() as session:
        return await store.accounts.api_keys.listed(session, console.owner.workspace)


def secret_on(console: Console, page: Response) -> str:
    found = re.search(r'id="secret"[^>]*>(sk_[^<]+)<', page.text)
    assert found, page.text
    return found[1]


@pytest.mark.parametrize("until", ["soon", "-1", "0", "3651", "³"])
async def test_an_unreadable_expiry_makes_no_key(console: Console, until: str) -> None:
    browser = await console.signed_in("olivia@shop.test")
    before = len(await listed(console))
    answer = await submit(browser, "/keys/new", "/keys", **{**GIVEN, "password": PASSWORD, "expires": until})
    assert answer.status_code == 422
    assert len(await listed(console)) == before


async def test_a_key_is_made_as_it_was_filled_in_and_its_secret_is_shown_this_once(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    answer = await submit(browser, "/keys/new", "/keys", **GIVEN, password=PASSWORD)
    assert answer.status_code == 201
    (row,) = await listed(console)
    assert (row.name, row.mode, row.role, row.scopes) == ("shop backend", "live", "support", "events:write me:read")
    assert row.person == console.owner.person
    assert row.expires_at == console.clock() + timedelta(days=30)
    secret = secret_on(console, answer)
    assert console.container.box.open(row.sealed, context=f"key:{row.public}").decode() == secret
    assert "no-store" in answer.headers["cache-control"]
    for page in ("/keys", f"/keys/{row.id}", "/history", "/keys/new"):
        shown = await browser.get(page)
        assert shown.status_code == 200
        assert secret not in shown.text, page
        assert "sk_live" not in shown.text, page


async def test_a_role_that_there_is_not_makes_no_key_and_keeps_what_was_filled_in(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    answer = await submit(browser, "/keys/new", "/keys", **{**GIVEN, "role": "emperor"}, password=PASSWORD)
    assert answer.status_code == 422
    assert "Roles are: " in answer.text
    assert 'value="shop backend"' in answer.text
    assert await listed(console) == []


async def test_a_wrong_password_makes_no_key_and_keeps_what_was_filled_in(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    for password in ("", "something else"):
        answer = await submit(browser, "/keys/new", "/keys", **GIVEN, password=password)
        assert answer.status_code == 422
        assert "This is not your password" in answer.text
        assert 'value="shop backend"' in answer.text
        assert re.search(r'value="events:write" checked', answer.text)
        assert not re.search(r'value="runs:read" checked', answer.text)
        assert "something else" not in answer.text
    assert not await listed(console)


async def test_guessing_the_password_here_is_stopped_as_at_the_sign_in(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    for _ in range(login_throttle.FREE_BY_PAIR):
        await submit(browser, "/keys/new", "/keys", **GIVEN, password="guess")
    answer = await submit(browser, "/keys/new", "/keys", **GIVEN, password=PASSWORD)
    assert answer.status_code == 422
    assert "Too many wrong passwords" in answer.text
    assert not await listed(console)
    console.clock.advance(minutes=16)
    assert (await submit(browser, "/keys/new", "/keys", **GIVEN, password=PASSWORD)).status_code == 201


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Name"),
        ("name", "two\nlines", "Name"),
        ("scope", [], "Tick at least one scope."),
        ("scope", ["everything"], "There is no scope &#39;everything&#39;."),
        ("scope", ["runs:read", "keys:write"], "Only a key of the role owner can use keys:write. Leave it out"),
        ("role", "Not A Role", "Role"),
        ("mode", "prod", "Mode"),
    ],
)
async def test_what_can_not_be_a_key_is_said_and_not_made(
    console: Console, field: str, value: object, said: str
) -> None:
    browser = await console.signed_in("olivia@shop.test")
    answer = await submit(browser, "/keys/new", "/keys", **{**GIVEN, "password": PASSWORD, field: value})
    assert answer.status_code == 422, answer.text
    assert said in answer.text
    assert not await listed(console)


async def test_a_form_that_is_sent_twice_makes_one_key(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    page = await browser.get("/keys/new")
    data = {"csrf": csrf(page), "once": ticket(page), **GIVEN, "password": PASSWORD}
    assert (await browser.post("/keys", data=data)).status_code == 201
    again = await browser.post("/keys", data=data)
    assert again.status_code == 409
    assert "It was not done twice" in again.text
    assert "sk_live" not in again.text
    assert len(await listed(console)) == 1


async def test_a_form_that_failed_may_be_sent_again(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    page = await browser.get("/keys/new")
    data = {"csrf": csrf(page), "once": ticket(page), **GIVEN}
    assert (await browser.post("/keys", data={**data, "password": "wrong"})).status_code == 422
    assert (await browser.post("/keys", data={**data, "password": PASSWORD})).status_code == 201


async def test_a_form_without_its_ticket_does_nothing(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    data = {"csrf": csrf(await browser.get("/")), **GIVEN, "password": PASSWORD}
    assert (await browser.post("/keys", data=data)).status_code == 400
    assert not await listed(console)


async def test_a_rotated_key_signs_with_both_secrets_for_a_day_and_says_so(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    row = await made(console, browser)
    wrong = await submit(browser, f"/keys/{row.id}", f"/keys/{row.id}/rotate", password="wrong")
    assert wrong.status_code == 422
    answer = await submit(browser, f"/keys/{row.id}", f"/keys/{row.id}/rotate", password=PASSWORD)
    assert answer.status_code == 200
    fresh = secret_on(console, answer)
    (rotated,) = await listed(console)
    opened = [
        console.container.box.open(each, context=f"key:{row.public}").decode()
        for each in rotated.secrets(console.clock())
    ]
    assert opened[0] == fresh
    assert len(opened) == 2
    assert "It has two secrets now" in (await browser.get(f"/keys/{row.id}")).text
    console.clock.advance(hours=25)
    assert "It has two secrets now" not in (await browser.get(f"/keys/{row.id}")).text


async def test_another_members_key_is_revoked_and_not_rotated(console: Console) -> None:
    row, _ = await console.container.key_admin.create_key(console.admin, "amir's", scopes=["me:read"])
    browser = await console.signed_in("olivia@shop.test")
    page = await browser.get(f"/keys/{row.id}")
    assert "Another member made this key" in page.text
    assert f'action="/keys/{row.id}/rotate"' not in page.text
    data = {"csrf": csrf(page), "once": "any", "password": PASSWORD}
    assert (await browser.post(f"/keys/{row.id}/rotate", data=data)).status_code == 403
    assert (await submit(browser, f"/keys/{row.id}", f"/keys/{row.id}/revoke")).status_code == 303


async def test_a_revoked_key_is_over_and_can_be_neither_rotated_nor_brought_back(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    row = await made(console, browser)
    answer = await submit(browser, f"/keys/{row.id}", f"/keys/{row.id}/revoke")
    assert answer.headers["location"] == f"/keys/{row.id}"
    (gone,) = await listed(console)
    assert gone.revoked_at == console.clock()
    page = await browser.get(f"/keys/{row.id}")
    assert "revoked" in page.text
    assert 'action="/keys/' not in page.text
    data = {"csrf": csrf(page), "once": "any", "password": PASSWORD}
    assert (await browser.post(f"/keys/{row.id}/rotate", data=data)).status_code == 409


async def test_every_act_on_a_key_is_an_entry_of_who_did_it(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    row = await made(console, browser)
    await submit(browser, f"/keys/{row.id}", f"/keys/{row.id}/rotate", password=PASSWORD)
    await submit(browser, f"/keys/{row.id}", f"/keys/{row.id}/revoke")
    async with console.container.database.read() as session:
        filters = store.history.log.HistoryFilters(kinds=("key_created", "key_rotated", "key_revoked"))
        entries = await store.history.log.page(session, console.owner.workspace, filters=filters, limit=10)
    assert [each.kind for each in entries] == ["key_revoked", "key_rotated", "key_created"]
    assert all(f'"id":"{console.owner.id}"' in each.actor.replace(" ", "") for each in entries)


async def test_the_list_shows_state_mode_scopes_and_the_last_use(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    first = await made(console, browser, name="first", expires="7")
    await made(console, browser, name="second", mode="test", role="owner", scope=list(SCOPES))
    async with console.container.database.begin() as session:
        await store.accounts.api_keys.touch(session, first.id, console.clock())
    console.clock.advance(days=8)
    page = await (await console.signed_in("olivia@shop.test")).get("/keys")
    assert page.text.index("second") < page.text.index("first")
    assert "24 Nov 2026, 12:00:00 UTC" in page.text
    assert "expired" in page.text
    assert "all scopes" in page.text


def test_every_scope_is_told_of_and_no_other() -> None:
    assert set(keys.DOES) == set(SCOPES)
    assert set(SCOPES) >= keys.USUAL


def test_the_scopes_of_owners_are_those_that_no_endpoint_takes_from_another_role() -> None:
    page = (Path(__file__).parents[5] / "docs/reference/api.md").read_text(encoding="utf-8")
    needs = re.findall(r"^\| `[A-Z]+ /v1/[^|]+\| `([a-z]+:[a-z]+)`(, owner)?[^|]*\|", page, re.MULTILINE)
    assert len(needs) > 50
    assert {scope for scope, owner in needs if owner} - {scope for scope, owner in needs if not owner} == OWNER_SCOPES


async def test_a_new_key_has_no_role_until_one_is_picked_and_lasts_90_days_unless_told(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    page = (await browser.get("/keys/new")).text
    role, expires = (
        re.findall(rf'<select id="{each}".*?</select>', page, re.DOTALL)[0] for each in ("role", "expires")
    )
    assert "selected" not in role
    assert '<option value="90" selected>' in expires
    answer = await submit(browser, "/keys/new", "/keys", **{**GIVEN, "role": ""}, password=PASSWORD)
    assert answer.status_code == 422
    assert "Pick a role." in answer.text
    assert await listed(console) == []
