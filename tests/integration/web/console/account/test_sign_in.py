"""Coming in and going out of the console."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from httpx import Response

import store.history.log
from tests.integration.web.console.console import PASSWORD, Console, csrf, opened_console, post, sign_in
from web.console.account.login_throttle import MOST_WAITING, Lanes


def cookie(answer: Response, name: str = "opsiq_session") -> str:
    return next(each for each in answer.headers.get_list("set-cookie") if each.startswith(f"{name}="))


async def test_a_right_password_opens_the_console_and_is_recorded(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    page = await browser.get("/")
    assert page.status_code == 200
    assert "What should be done?" in page.text
    async with console.container.database.read() as session:
        (newest, *_) = await store.history.log.page(session, console.owner.workspace, limit=1)
    assert newest.kind == "signed_in"


async def test_an_address_is_known_in_any_case_but_a_password_is_not(console: Console) -> None:
    assert (await sign_in(console.browser(), " OLIVIA@shop.test ", PASSWORD)).status_code == 303
    assert (await sign_in(console.browser(), "olivia@shop.test", PASSWORD.upper())).status_code == 401


async def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(console: Console) -> None:
    wrong = await sign_in(console.browser(), "olivia@shop.test", "wrong-wrong-wrong")
    unknown = await sign_in(console.browser(), "nobody@shop.test", "wrong-wrong-wrong")
    assert wrong.status_code == unknown.status_code == 401
    strip = {"olivia": "X", "nobody": "X"}

    def bare(answer: Response) -> str:
        text = answer.text.replace(csrf(answer), "")
        for name, put in strip.items():
            text = text.replace(name, put)
        return text

    assert bare(wrong) == bare(unknown)


async def test_the_cookie_is_http_only_same_site_and_secure_where_the_console_is_https(tmp_path: Path) -> None:
    async with opened_console(tmp_path / "plain") as plain:
        given = cookie(await sign_in(plain.browser(), "olivia@shop.test", PASSWORD)).lower()
        assert "httponly" in given
        assert "samesite=lax" in given
        assert "; secure" not in given
        assert "domain=" not in given
    async with opened_console(tmp_path / "https", OPSIQ_BASE_URL="https://console.test") as https:
        browser = https.browser()
        browser.base_url = "https://console.test"  # type: ignore[assignment]
        answer = await sign_in(browser, "olivia@shop.test", PASSWORD)
        for name in ("__Host-opsiq_session", "__Host-opsiq_device"):
            given = cookie(answer, name).lower()
            assert "; secure" in given
            assert "path=/;" in given
            assert "domain=" not in given
        assert (await browser.get("/")).status_code == 200
        left = await post(browser, "/sign-out")
        assert "; secure" in cookie(left, "__Host-opsiq_session").lower(), "a browser heeds no other"


async def test_a_plain_cookie_is_nothing_where_the_console_is_https(tmp_path: Path) -> None:
    async with opened_console(tmp_path, OPSIQ_BASE_URL="https://console.test") as console:
        browser = console.browser()
        browser.base_url = "https://console.test"  # type: ignore[assignment]
        await sign_in(browser, "olivia@shop.test", PASSWORD)
        planted = console.browser()
        planted.cookies.set("opsiq_session", browser.cookies["__Host-opsiq_session"])
        assert (await planted.get("/")).status_code == 303


@pytest.mark.parametrize(("base", "sent"), [("http://console.test", False), ("https://console.test", True)])
async def test_answers_ask_for_https_where_the_console_is_https(tmp_path: Path, base: str, sent: bool) -> None:
    async with opened_console(tmp_path, OPSIQ_BASE_URL=base) as console:
        for path in ("/sign-in", "/healthz", "/nowhere", "/static/console.css"):
            answer = await console.browser().get(path)
            assert ("strict-transport-security" in answer.headers) is sent, path


async def test_signing_in_again_takes_a_new_token_and_ends_the_old_one(console: Console) -> None:
    first = await console.signed_in("olivia@shop.test")
    old = first.cookies["opsiq_session"]
    token = csrf(await first.get("/"))
    again = await first.post("/sign-in", data={"csrf": token, "email": "olivia@shop.test", "password": PASSWORD})
    assert again.status_code == 303
    assert first.cookies["opsiq_session"] != old
    thief = console.browser()
    thief.cookies.set("opsiq_session", old)
    assert (await thief.get("/")).headers["location"] == "/sign-in"


async def test_a_planted_token_is_not_taken_over(console: Console) -> None:
    browser = console.browser()
    browser.cookies.set("opsiq_session", "planted", domain="console.test")
    await sign_in(browser, "olivia@shop.test", PASSWORD)
    other = console.browser()
    other.cookies.set("opsiq_session", "planted")
    assert (await other.get("/")).status_code == 303


async def test_an_idle_login_ends_and_a_used_one_ends_after_seven_days(console: Console) -> None:
    idle = await console.signed_in("olivia@shop.test")
    used = await console.signed_in("amir@shop.test")
    console.clock.advance(hours=11)
    assert (await used.get("/")).status_code == 200
    console.clock.advance(hours=2)
    assert (await idle.get("/")).status_code == 303
    for _ in range(16):
        assert (await used.get("/")).status_code == 200
        console.clock.advance(hours=10)
    assert (await used.get("/")).status_code == 303


async def wrong(console: Console, address: str, times: int, email: str = "olivia@shop.test") -> list[int]:
    """Wrong passwords from one address, each from a browser without a cookie; the statuses."""
    answers = [await sign_in(console.browser(address), email, "wrong-wrong-wrong") for _ in range(times)]
    return [each.status_code for each in answers]


async def right(console: Console, address: str, email: str = "olivia@shop.test") -> int:
    return (await sign_in(console.browser(address), email, PASSWORD)).status_code


async def test_six_wrong_passwords_make_who_tries_wait_and_nobody_else(console: Console) -> None:
    assert await wrong(console, "203.0.113.9", 6) == [401] * 5 + [429]
    shut = await sign_in(console.browser("203.0.113.9"), "olivia@shop.test", PASSWORD)
    assert (shut.status_code, shut.headers["retry-after"]) == (429, "60")
    assert "Too many failed sign-ins. Wait a minute and try again." in shut.text
    assert await right(console, "203.0.113.9", "amir@shop.test") == 303
    assert await right(console, "203.0.113.10") == 303
    console.clock.advance(minutes=1)
    assert await right(console, "203.0.113.9") == 303


async def test_a_clock_that_is_set_back_keeps_nobody_out_and_goes_on_counting(console: Console) -> None:
    await wrong(console, "203.0.113.9", 5)
    console.clock.advance(hours=-6)
    assert await right(console, "203.0.113.9") == 303, "not in six hours and a minute"
    assert await wrong(console, "203.0.113.11", 6) == [401] * 5 + [429]


async def test_each_further_wrong_password_doubles_the_wait_up_to_a_quarter_of_an_hour(console: Console) -> None:
    await wrong(console, "203.0.113.9", 5)
    for minutes in (1, 2, 4, 8, 15, 15):
        console.clock.advance(seconds=minutes * 60 - 1)
        assert await right(console, "203.0.113.9") == 429, minutes
        console.clock.advance(seconds=1)
        assert await wrong(console, "203.0.113.9", 1) == [401], minutes


async def test_a_browser_that_signed_in_before_waits_for_nobody_elses_guesses(console: Console) -> None:
    """All from one address, as behind a proxy that is not named, and from everywhere."""
    browser = await console.signed_in("olivia@shop.test")
    await post(browser, "/sign-out")
    await wrong(console, "127.0.0.1", 5)
    for each in range(40):
        await wrong(console, f"203.0.113.{each}", 1)
    assert await right(console, "127.0.0.1") == 429
    assert (await sign_in(browser, "olivia@shop.test", PASSWORD)).status_code == 303


async def test_a_known_browser_has_a_count_of_its_own_and_for_its_own_accounts_alone(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    await post(browser, "/sign-out")
    tried = [(await sign_in(browser, "olivia@shop.test", "wrong-wrong-wrong")).status_code for _ in range(6)]
    assert tried == [401] * 5 + [429]
    assert await right(console, "127.0.0.1") == 303, "the address did not pay for it"
    other = await console.signed_in("amir@shop.test")
    await post(other, "/sign-out")
    for each in range(20):
        await wrong(console, f"203.0.113.{each}", 1)
    assert await right(console, "192.0.2.1") == 429
    assert (await sign_in(other, "olivia@shop.test", PASSWORD)).status_code == 303, (
        "the address is known, the browser not"
    )


async def test_a_device_cookie_that_this_server_did_not_seal_is_nothing(console: Console) -> None:
    await wrong(console, "203.0.113.9", 5)
    for made_up in ("", "v1.AAAA", "x" * 5000, "{}"):
        browser = console.browser("203.0.113.9")
        browser.cookies.set("opsiq_device", made_up)
        assert (await sign_in(browser, "olivia@shop.test", PASSWORD)).status_code == 429


async def test_guesses_from_many_addresses_come_to_one_a_minute_known_devices_stay_open(
    console: Console,
) -> None:
    await console.signed_in("olivia@shop.test")
    for each in range(20):
        assert await wrong(console, f"203.0.113.{each}", 1) == [401]
    assert await wrong(console, "203.0.113.99", 1) == [429]
    assert await right(console, "127.0.0.1") == 303, "signed in from here before"
    console.clock.advance(minutes=1)
    assert await wrong(console, "203.0.113.100", 2) == [401, 429]
    console.clock.advance(hours=1, seconds=1)
    assert await right(console, "203.0.113.101") == 303


async def test_one_machine_that_tries_many_addresses_is_shut_out_and_another_is_not(console: Console) -> None:
    for at in range(30):
        await sign_in(console.browser("203.0.113.9"), f"a{at}@shop.test", "x" * 201)
    assert await right(console, "203.0.113.9") == 429
    assert await right(console, "203.0.113.10") == 303


async def test_an_ipv6_machine_counts_with_its_network(console: Console) -> None:
    for each in range(5):
        assert await wrong(console, f"2001:db8:0:1::{each}", 1) == [401]
    assert await right(console, "2001:db8:0:1:ffff::9") == 429
    assert await right(console, "2001:db8:0:2::9") == 303


async def test_passwords_that_wait_to_be_tried_are_bounded(console: Console) -> None:
    lanes: Lanes = console.app.state.sign_in_lanes
    async with AsyncExitStack() as held:
        lanes.strangers._waiting = MOST_WAITING
        assert await held.enter_async_context(lanes.strangers.turn())
        browser = console.browser("203.0.113.9")
        full = await sign_in(browser, "olivia@shop.test", PASSWORD)
        assert (full.status_code, full.headers["retry-after"]) == (503, "5")
    lanes.strangers._waiting = 0
    assert await right(console, "203.0.113.9") == 303


@pytest.mark.parametrize("trusted", ["", "127.0.0.1/32"])
async def test_an_address_that_is_forwarded_counts_where_the_proxy_is_trusted(tmp_path: Path, trusted: str) -> None:
    async with opened_console(tmp_path, OPSIQ_TRUSTED_PROXIES=trusted) as console:

        async def tried(said: str, password: str) -> int:
            browser = console.browser()
            browser.headers["X-Forwarded-For"] = said
            return (await sign_in(browser, "olivia@shop.test", password)).status_code

        for each in range(5):
            assert await tried(f"192.0.2.{each}, 203.0.113.9", "wrong-wrong-wrong") == 401
        assert await tried("203.0.113.9", PASSWORD) == 429
        assert await tried("203.0.113.10", PASSWORD) == (303 if trusted else 429)


@pytest.mark.parametrize(
    "hostile", ["https://evil.test/", "//evil.test/x", "/\\evil.test", "\\\\evil.test", "javascript:alert(1)", "/a\nb"]
)
async def test_after_signing_in_nobody_is_led_to_another_site(console: Console, hostile: str) -> None:
    answer = await sign_in(console.browser(), "olivia@shop.test", PASSWORD, next=hostile)
    assert answer.headers["location"] == "/"


async def test_after_signing_in_one_is_where_one_wanted_to_go(console: Console) -> None:
    browser = console.browser()
    sent = await browser.get("/history?kind=held")
    assert sent.headers["location"] == "/sign-in?next=%2Fhistory%3Fkind%3Dheld"
    answer = await sign_in(browser, "olivia@shop.test", PASSWORD, next="/history?kind=held")
    assert answer.headers["location"] == "/history?kind=held"


async def test_who_sends_a_form_after_the_sign_in_ended_is_told_and_comes_back(console: Console) -> None:
    browser = console.browser()
    there = {"HX-Request": "true", "HX-Current-URL": "http://console.test/runs/run_1"}
    sent = await browser.post("/runs/run_1/confirm", data={"digest": "x"}, headers=there)
    assert sent.headers["hx-redirect"] == "/sign-in?ended=1&next=%2Fruns%2Frun_1"
    page = await browser.get(sent.headers["hx-redirect"])
    assert "what you sent was not taken" in page.text
    assert 'name="next" value="/runs/run_1"' in page.text
    plain = await browser.post("/runs", data={"text": "refund order 7"})
    assert plain.headers["location"] == "/sign-in?ended=1"
    assert "was not taken" not in (await browser.get("/sign-in")).text


async def test_signing_out_ends_the_login_on_the_server(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    token = browser.cookies["opsiq_session"]
    assert (await post(browser, "/sign-out")).headers["location"] == "/sign-in"
    other = console.browser()
    other.cookies.set("opsiq_session", token)
    assert (await other.get("/")).status_code == 303


async def test_a_disabled_member_is_out_at_the_next_click(console: Console) -> None:
    import store.accounts.members

    browser = await console.signed_in("amir@shop.test")
    async with console.container.database.begin() as session:
        await store.accounts.members.disable(session, console.admin.workspace, console.admin.id)
    assert (await browser.get("/")).status_code == 303


async def test_the_first_person_founds_the_workspace_from_this_machine_and_nobody_after(tmp_path: Path) -> None:
    async with opened_console(tmp_path, founded=False) as console:
        browser = console.browser()
        browser.base_url = "http://127.0.0.1"  # type: ignore[assignment]
        assert (await browser.get("/sign-in")).headers["location"] == "/set-up"
        fields = {"name": "Shop", "person": "Olivia", "email": "olivia@shop.test", "password": "short"}
        token = csrf(await browser.get("/set-up"))
        weak = await browser.post("/set-up", data={"csrf": token, **fields})
        assert weak.status_code == 422
        assert "10 to 200 characters" in weak.text
        done = await browser.post("/set-up", data={"csrf": token, **fields, "password": PASSWORD})
        assert done.headers["location"] == "/"
        assert "Shop" in (await browser.get("/")).text
        late = console.browser()
        late.base_url = "http://127.0.0.1"  # type: ignore[assignment]
        assert (await late.get("/set-up")).headers["location"] == "/sign-in"
        token = csrf(await late.get("/sign-in"))
        again = await late.post("/set-up", data={"csrf": token, **fields, "password": PASSWORD})
        assert again.status_code == 404


@pytest.mark.parametrize(
    ("address", "host", "headers"),
    [
        ("203.0.113.9", "127.0.0.1", {}),
        ("127.0.0.1", "console.test", {}),
        ("127.0.0.1", "127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}),
    ],
    ids=["another machine", "a rebound name", "a proxy"],
)
async def test_nobody_founds_a_workspace_from_elsewhere(
    tmp_path: Path, address: str, host: str, headers: dict[str, str]
) -> None:
    async with opened_console(tmp_path, founded=False) as console:
        browser = console.browser(address)
        browser.base_url = f"http://{host}"  # type: ignore[assignment]
        page = await browser.get("/set-up", headers=headers)
        assert "opsiq init" in page.text
        fields = {"name": "Shop", "person": "Eve", "email": "eve@shop.test", "password": PASSWORD}
        answer = await browser.post("/set-up", data={"csrf": csrf(page), **fields}, headers=headers)
        assert answer.status_code == 404


async def test_the_theme_is_kept_and_only_known_ones_are(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    assert (await post(browser, "/theme", {"theme": "dark", "next": "/runs"})).headers["location"] == "/runs"
    assert 'data-theme="dark"' in (await browser.get("/")).text
    assert (await post(browser, "/theme", {"theme": '"><script>'})).status_code == 400
    await post(browser, "/theme", {"theme": ""})
    assert "data-theme" not in (await browser.get("/")).text


async def test_who_changes_the_theme_before_signing_in_still_goes_where_they_wanted(console: Console) -> None:
    browser = console.browser()
    page = await browser.get("/sign-in?next=/runs?before=run_7")
    back = re.findall(r'name="next" value="([^"]+)"', page.text)[0]
    answer = await browser.post("/theme", data={"csrf": csrf(page), "theme": "dark", "next": back})
    page = await browser.get(answer.headers["location"])
    assert re.findall(r'name="next" value="([^"]+)"', page.text)[1] == "/runs?before=run_7"


async def test_a_login_that_lasts_is_touched_but_not_at_every_click(console: Console) -> None:
    import store.accounts.logins
    import store.accounts.members

    login_of: dict[str, str] = {}
    browser = await console.signed_in("olivia@shop.test")
    token = browser.cookies["opsiq_session"]

    async def seen() -> timedelta:
        async with console.container.database.read() as session:
            row = await store.accounts.logins.get_active(session, token, console.clock())
        assert row is not None
        login_of["workspace"] = row.workspace
        return console.clock() - row.last_seen_at

    console.clock.advance(seconds=30)
    await browser.get("/")
    assert await seen() == timedelta(seconds=30)
    console.clock.advance(seconds=31)
    await browser.get("/")
    assert await seen() == timedelta(0)
    async with console.container.database.read() as session:
        members = await store.accounts.members.listed(session, login_of["workspace"])
    assert {each.email: each.last_seen_at for each in members}["olivia@shop.test"] == console.clock()
