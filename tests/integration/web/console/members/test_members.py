"""Members in the console: invited by a link that works once, given roles, signed out, deactivated; and one's own
account."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import text

import store.accounts.api_keys
import store.accounts.logins
import store.accounts.members
import store.history.log
from core.errors import Conflict
from events.automations.service import RuleForm
from store.accounts.members import MemberRow
from tests.integration.web.console.console import PASSWORD, Console, csrf, post, sign_in
from tests.integration.web.console.keys.test_keys import submit
from tests.integration.web.console.runs.test_decided_cards import held
from web.console.account.active_sessions import describe_device

NEW = "a fresh and long one"


async def row(console: Console, member_id: str) -> MemberRow:
    async with console.container.database.read() as session:
        return await store.accounts.members.get(session, console.owner.workspace, member_id)


async def kinds(console: Console) -> list[str]:
    async with console.container.database.read() as session:
        return [each.kind for each in await store.history.log.page(session, console.owner.workspace, limit=10)]


def link_on(page: Response) -> str:
    found = re.search(r'id="link"[^>]*>([^<]+)<', page.text)
    assert found, page.text
    parts = urlsplit(found[1])
    return f"{parts.path}?{parts.query}"


async def invited(console: Console, browser: AsyncClient, email: str = "nora@shop.test") -> tuple[MemberRow, str]:
    answer = await submit(browser, "/members/new", "/members", email=email, role="admin", password=PASSWORD)
    assert answer.status_code == 201, answer.text
    async with console.container.database.read() as session:
        (made,) = await store.accounts.members.by_email(session, email)
    return made, link_on(answer)


async def join(console: Console, link: str, name: str = "Nora", password: str = NEW) -> tuple[AsyncClient, Response]:
    browser = console.browser()
    page = await browser.get(link)
    token = link.partition("=")[2]
    data = {"csrf": csrf(page), "invitation": token, "name": name, "password": password}
    return browser, await browser.post("/join", data=data)


async def test_an_invitation_is_made_shown_once_and_accepted_by_the_invited_person(console: Console) -> None:
    olivia = await console.signed_in("olivia@shop.test")
    made, link = await invited(console, olivia)
    assert (made.state, made.role, made.password_hash) == ("invited", "admin", None)
    assert made.invite_expires_at == console.clock() + timedelta(days=7)
    token = link.partition("=")[2]
    assert token not in str(made.model_dump())
    for page in ("/members", f"/members/{made.id}", "/history", "/history/1"):
        assert token not in (await olivia.get(page)).text, page
    nora, answer = await join(console, link)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "What should be done?" in (await nora.get("/")).text
    joined = await row(console, made.id)
    assert (joined.state, joined.name, joined.email) == ("active", "Nora", "nora@shop.test")
    assert (await sign_in(console.browser(), "nora@shop.test", NEW)).status_code == 303
    assert set(await kinds(console)) >= {"member_invited", "member_joined"}


async def test_an_invitation_lets_nobody_in_twice_or_late_or_when_replaced_or_withdrawn(
    console: Console,
) -> None:
    olivia = await console.signed_in("olivia@shop.test")
    _, link = await invited(console, olivia)
    await join(console, link)
    stranger = console.browser()
    assert (await stranger.get(link)).status_code == 404
    data = {"csrf": csrf(await stranger.get("/sign-in")), "invitation": link.partition("=")[2], "name": "X"}
    assert (await stranger.post("/join", data={**data, "password": NEW})).status_code == 404
    assert not (await sign_in(console.browser(), "nora@shop.test", "another one, as long")).has_redirect_location

    late, link = await invited(console, olivia, "late@shop.test")
    page = await submit(olivia, f"/members/{late.id}", f"/members/{late.id}/invite", password=PASSWORD)
    fresh = link_on(page)
    assert (await console.browser().get(link)).status_code == 404
    assert (await console.browser().get(fresh)).status_code == 200
    await post(olivia, f"/members/{late.id}/deactivate")
    assert (await console.browser().get(fresh)).status_code == 404
    page = await submit(olivia, f"/members/{late.id}", f"/members/{late.id}/invite", password=PASSWORD)
    console.clock.advance(days=7)
    assert (await console.browser().get(link_on(page))).status_code == 404
    again = await console.signed_in("olivia@shop.test")
    assert "invitation over" in (await again.get("/members")).text


@pytest.mark.parametrize(("name", "password"), [("", NEW), ("two\nlines", NEW), ("Nora", "short")])
async def test_a_name_or_password_that_can_not_be_leaves_the_invitation_open(
    console: Console, name: str, password: str
) -> None:
    made, link = await invited(console, await console.signed_in("olivia@shop.test"))
    _, answer = await join(console, link, name, password)
    assert answer.status_code == 422
    assert (await row(console, made.id)).state == "invited"
    assert (await join(console, link))[1].status_code == 303


@pytest.mark.parametrize("name", ["Olivia", "olivia", "\u041elivia"])  # the last begins with a Cyrillic letter
async def test_nobody_joins_under_a_name_that_reads_like_a_members(console: Console, name: str) -> None:
    _, link = await invited(console, await console.signed_in("olivia@shop.test"))
    _, answer = await join(console, link, name)
    assert answer.status_code == 422
    assert "Somebody here is called so already." in answer.text
    assert (await join(console, link, "Olivia Ode"))[1].status_code == 303, "the invitation stays open"


async def test_nobody_is_invited_in_a_role_that_was_not_picked(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    page = (await browser.get("/members/new")).text
    assert re.search(r'<select [^>]*name="role" required[^>]*><option value="">pick a role</option>', page)
    assert "selected" not in page
    answer = await submit(browser, "/members/new", "/members", email="n@shop.test", role="", password=PASSWORD)
    assert answer.status_code == 422


async def test_an_invitation_needs_the_own_password_a_new_address_and_a_role(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    for fields, said in (
        ({"email": "n@shop.test", "role": "admin", "password": "wrong"}, "This is not your password"),
        ({"email": "AMIR@shop.test", "role": "admin", "password": PASSWORD}, "already belongs to a member"),
        ({"email": "nobody", "role": "admin", "password": PASSWORD}, "Give the e-mail address of one person"),
        ({"email": "n@shop.test", "role": "Big Boss", "password": PASSWORD}, "A role is a lower-case word"),
    ):
        answer = await submit(browser, "/members/new", "/members", **fields)
        assert answer.status_code == 422, fields
        assert said in answer.text
    assert "member_invited" not in await kinds(console)


async def test_a_role_holds_from_the_next_request_and_since_when_is_kept(console: Console) -> None:
    olivia, amir = await console.signed_in("olivia@shop.test"), await console.signed_in("amir@shop.test")
    console.clock.advance(minutes=5)
    path = f"/members/{console.admin.id}"
    assert (await post(olivia, f"{path}/role", {"role": "owner", "password": "wrong"})).status_code == 422
    assert (await amir.get("/history")).status_code == 403
    answer = await post(olivia, f"{path}/role", {"role": "owner", "password": PASSWORD})
    assert answer.headers["location"] == path
    assert (await row(console, console.admin.id)).standing_since == console.clock()
    assert (await amir.get("/history")).status_code == 303, "with another role, one signs in anew"
    amir = await console.signed_in("amir@shop.test")
    assert (await amir.get("/history")).status_code == 200
    assert (await kinds(console))[:2] == ["signed_in", "member_role_changed"]


async def test_the_last_owner_keeps_role_and_access(console: Console) -> None:
    olivia = await console.signed_in("olivia@shop.test")
    path = f"/members/{console.owner.id}"
    page = await olivia.get(path)
    assert "This is the only active owner" in page.text
    assert f'action="{path}/role"' not in page.text
    answer = await post(olivia, f"{path}/role", {"role": "admin", "password": PASSWORD})
    assert answer.status_code == 422
    assert "A workspace needs an active owner" in answer.text
    answer = await post(olivia, f"{path}/deactivate")
    assert answer.status_code == 422
    assert ((await row(console, console.owner.id)).role, (await row(console, console.owner.id)).state) == (
        "owner",
        "active",
    )


async def test_a_deactivated_member_is_out_at_once_with_keys_and_returns_without_them(console: Console) -> None:
    olivia, amir = await console.signed_in("olivia@shop.test"), await console.signed_in("amir@shop.test")
    key, _ = await console.container.key_admin.create_key(console.admin, "a key", scopes={"me:read"})
    path = f"/members/{console.admin.id}"
    assert (await post(olivia, f"{path}/deactivate")).status_code == 303
    assert (await amir.get("/")).headers["location"].startswith("/sign-in")
    assert (await sign_in(console.browser(), "amir@shop.test", PASSWORD)).status_code == 401
    console.clock.advance(minutes=1)
    assert (await post(olivia, f"{path}/reactivate", {"password": PASSWORD})).status_code == 303
    assert (await amir.get("/")).headers["location"].startswith("/sign-in")
    assert (await sign_in(console.browser(), "amir@shop.test", PASSWORD)).status_code == 303
    assert (await row(console, console.admin.id)).standing_since == console.clock()
    async with console.container.database.read() as session:
        assert (await store.accounts.api_keys.get(session, key.workspace, key.id)).revoked_at is not None
    acts = [each for each in await kinds(console) if each.startswith("member_")]
    assert acts[:2] == ["member_reactivated", "member_deactivated"]


async def test_what_ends_with_a_role_or_an_access_is_listed_and_counted_before_it_is_confirmed(
    console: Console,
) -> None:
    olivia, admin = await console.signed_in("olivia@shop.test"), console.admin
    path = f"/members/{admin.id}"
    assert (await olivia.get(path)).text.count("Now it affects nothing of theirs.") == 2
    await console.signed_in("amir@shop.test")
    key, _ = await console.container.key_admin.create_key(admin, "till", scopes={"me:read"})
    gone, _ = await console.container.key_admin.create_key(admin, "lost one", scopes={"me:read"})
    await console.container.key_admin.revoke_key(console.owner, gone.id)
    form = {"name": "Pay back", "event": "parcel.lost", "action": "shop.refund", "parameters": {"order": {"value": 7}}}
    add_rule = console.container.events.automation_service.add_rule
    rule = await add_rule(admin, RuleForm.model_validate(form))
    await add_rule(console.owner, RuleForm.model_validate({**form, "name": "Olivia's own"}))
    card = await held(console, admin)
    page = (await olivia.get(path)).text
    for link in (f"/keys/{key.id}", f"/rules/{rule.id}", f"/runs/{card.id}"):
        assert f'href="{link}"' in page
    assert page.count("Now it affects 1 sign-in, 1 key, 1 rule or instruction and 1 open request.") == 2
    assert "lost one" not in page
    assert "s own" not in page
    await post(olivia, f"{path}/deactivate")
    assert f'href="/keys/{key.id}"' not in (await olivia.get(path)).text, "it was revoked"


async def test_an_owner_ends_the_sign_ins_of_a_member(console: Console) -> None:
    olivia = await console.signed_in("olivia@shop.test")
    first, second = await console.signed_in("amir@shop.test"), await console.signed_in("amir@shop.test")
    path = f"/members/{console.admin.id}"
    (login, _) = re.findall(r'name="login" value="([^"]+)"', (await olivia.get(path)).text)
    await post(olivia, f"{path}/sign-out", {"login": login})
    alive = [each for each in (first, second) if (await each.get("/")).status_code == 200]
    assert len(alive) == 1
    await post(olivia, f"{path}/sign-out")
    assert (await alive[0].get("/")).status_code == 303
    assert (await olivia.get("/")).status_code == 200
    assert (await kinds(console))[:2] == ["signed_out_elsewhere", "signed_out_elsewhere"]


async def test_nobody_ends_anybody_elses_sign_in_from_their_own_account(console: Console) -> None:
    olivia, amir = await console.signed_in("olivia@shop.test"), await console.signed_in("amir@shop.test")
    async with console.container.database.read() as session:
        (hers,) = await store.accounts.logins.of_member(
            session, console.owner.workspace, console.owner.id, console.clock()
        )
    assert (await post(amir, "/account/sign-out", {"login": hers.id})).status_code == 404
    assert (await olivia.get("/")).status_code == 200


async def test_a_changed_password_ends_every_other_sign_in_of_that_person_and_of_no_other(console: Console) -> None:
    here, there = await console.signed_in("amir@shop.test"), await console.signed_in("amir@shop.test")
    olivia = await console.signed_in("olivia@shop.test")
    for fields in ({"password": "wrong", "fresh": NEW}, {"password": PASSWORD, "fresh": "short"}):
        assert (await post(here, "/account/password", fields)).status_code == 422
    assert (await there.get("/")).status_code == 200
    answer = await post(here, "/account/password", {"password": PASSWORD, "fresh": NEW})
    assert "Your password is changed" in answer.text
    assert [(await each.get("/")).status_code for each in (here, there, olivia)] == [200, 303, 200]
    assert (await sign_in(console.browser(), "amir@shop.test", PASSWORD)).status_code == 401
    assert (await sign_in(console.browser(), "amir@shop.test", NEW)).status_code == 303
    assert (await kinds(console))[1] == "password_changed"


async def test_nothing_of_a_token_or_a_password_is_in_the_database(console: Console) -> None:
    made, link = await invited(console, await console.signed_in("olivia@shop.test"))
    token = link.partition("=")[2]
    await join(console, link)
    async with console.container.database.read() as session:
        for table in ("members", "logins", "history", "idempotency"):
            for each in (await session.execute(text(f"SELECT * FROM {table}"))).mappings():
                held = str(dict(each))
                assert token not in held, table
                assert NEW not in held, table
    assert (await row(console, made.id)).invite_sha256 is None


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML) HeadlessChrome/140.0 Safari/537.36",
            "Chrome on Linux",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Gecko/140.0 Firefox/140.0", "Firefox on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("", "A browser"),
    ],
)
def test_a_sign_in_is_told_by_browser_and_system(agent: str, said: str) -> None:
    assert describe_device(agent) == said


async def test_a_new_password_for_who_has_forgotten_theirs_ends_what_the_old_one_began(console: Console) -> None:
    service, operator = console.container.member_service, replace(console.owner, id="opsiq", kind="system", person="")
    amir = await console.signed_in("amir@shop.test")
    console.clock.advance(minutes=5)
    await service.reset_password(operator, console.admin.id, NEW)
    assert (await amir.get("/")).status_code == 303
    assert (await row(console, console.admin.id)).role_since == console.clock(), "no second person for what was asked"
    told = await sign_in(console.browser(), "amir@shop.test", PASSWORD)
    assert told.status_code == 401
    assert "whoever runs this server can give you a new one" in told.text
    assert (await sign_in(console.browser(), "amir@shop.test", NEW)).status_code == 303
    await service.deactivate(console.owner, console.admin.id)
    with pytest.raises(Conflict, match="an owner can reactivate them"):
        await service.reset_password(operator, console.admin.id, PASSWORD)
    made, _ = await invited(console, await console.signed_in("olivia@shop.test"))
    with pytest.raises(Conflict, match="an owner can invite them again"):
        await service.reset_password(operator, made.id, PASSWORD)
