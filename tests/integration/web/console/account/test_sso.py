"""Signing in with an OpenID Connect issuer: what it takes, and everything that must not be enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.integration.web.console.console import NOON, PASSWORD, Console, post
from tests.integration.web.console.issuer_site import Site, nobody_came, opened_site, there
from tests.integration.web.console.local_issuer import CLIENT_ID, Person, ec_key, hmac_by_public_key, rsa_key, unsigned


async def test_the_sign_in_is_fixed_anew_and_ends_with_sign_out(site: Site) -> None:
    browser = await site.console.signed_in("amir@shop.test")
    held = browser.cookies["opsiq_session"]
    thief = site.console.browser()
    thief.cookies.set("opsiq_session", held)
    away = await site.console.browser().get("/sign-in/start")
    browser.cookies.set("opsiq_flow", away.cookies["opsiq_flow"])
    answer = await browser.get(await there(away.headers["location"]))
    assert answer.status_code == 303
    assert answer.cookies["opsiq_session"] != held
    assert (await thief.get("/")).headers["location"] == "/sign-in"
    left = await post(browser, "/sign-out")
    assert left.headers["location"] == "/sign-in?left=1"
    assert (await site.kinds())[0] == "signed_out"
    page = await browser.get("/sign-in?left=1")
    assert f'href="{site.issuer.url}/leave?client_id={CLIENT_ID}"' in page.text
    assert (await browser.get("/")).status_code == 303


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"nonce": "of-another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"aud": "another-client"}, "aud"),
        ({"aud": [CLIENT_ID, "another-client"]}, "azp"),
        ({"aud": [CLIENT_ID], "azp": "another-client"}, "azp"),
        ({"iss": "https://elsewhere.example"}, "iss"),
        ({"exp": int(NOON.timestamp()) - 61}, "expired"),
        ({"exp": None}, "exp"),
        ({"iat": int(NOON.timestamp()) + 120}, "in the future"),
        ({"nbf": int(NOON.timestamp()) + 120}, "not yet valid"),
        ({"sub": ""}, "subject"),
        ({"sub": None}, "sub"),
        ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "at_hash"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
async def test_a_token_whose_claims_do_not_hold_signs_nobody_in(site: Site, change: dict[str, Any], words: str) -> None:
    site.issuer.claims = lambda claims: {
        name: value for name, value in {**claims, **change}.items() if value is not None
    }
    browser = site.console.browser()
    answer = await site.came(browser)
    await nobody_came(site, browser, answer, "can&#39;t be trusted")
    assert words in answer.text


async def test_a_clock_that_is_a_minute_off_is_forgiven(site: Site) -> None:
    at = int(NOON.timestamp())
    site.issuer.claims = lambda claims: {**claims, "iat": at + 59, "exp": at - 59}
    assert (await site.came(site.console.browser())).status_code == 303


async def test_a_token_without_a_signature_or_by_another_key_signs_nobody_in(
    site: Site,
) -> None:
    stranger = rsa_key("rsa-1")
    forged: list[Callable[[dict[str, Any]], str]] = [
        unsigned,
        hmac_by_public_key(site.issuer),
        lambda claims: site.issuer.signed(claims, stranger),
        lambda claims: site.issuer.signed(claims)[:-8] + "AAAAAAAA",
        lambda claims: site.issuer.signed(claims).rpartition(".")[0] + ".",
        lambda claims: "not a token",
    ]
    # Even an issuer that says it signs so is not believed.
    site.issuer.told = {"id_token_signing_alg_values_supported": ["RS256", "HS256", "none"]}
    for forge in forged:
        site.issuer.forge = forge
        browser = site.console.browser()
        await nobody_came(site, browser, await site.came(browser), "can&#39;t be trusted")
    site.issuer.forge = None
    assert (await site.came(site.console.browser())).status_code == 303


async def test_keys_may_change_and_a_key_that_is_gone_signs_no_more(site: Site) -> None:
    assert (await site.came(site.console.browser())).status_code == 303
    read = site.issuer.asked.count("jwks")
    assert (await site.came(site.console.browser())).status_code == 303
    assert site.issuer.asked.count("jwks") == read, "keys are kept"
    was = site.issuer.keys
    site.issuer.keys, site.issuer.alg = [ec_key("ec-2")], "ES256"
    site.console.clock.advance(seconds=11)
    assert (await site.came(site.console.browser())).status_code == 303
    assert site.issuer.asked.count("jwks") == read + 1
    now = site.issuer.keys
    site.issuer.forge = lambda claims: replace(site.issuer, alg="RS256").signed(claims, was[0])
    assert (await site.came(site.console.browser())).status_code == 403
    assert (await site.came(site.console.browser())).status_code == 403
    assert site.issuer.asked.count("jwks") == read + 1, "an unknown key is not looked for at every token"
    assert site.issuer.keys == now


async def test_keys_for_something_else_and_short_ones_are_no_keys(site: Site) -> None:
    key = site.issuer.keys[0].as_dict(private=False)
    for published in ([{**key, "use": "enc"}], [{"kty": "oct", "k": "c2VjcmV0", "kid": "rsa-1"}], [{"kty": "PQ"}], []):
        site.issuer.published = published
        site.console.clock.advance(hours=2)
        browser = site.console.browser()
        await nobody_came(site, browser, await site.came(browser), "can&#39;t be trusted")
    site.issuer.published = [{**key, "n": str(key["n"])[:171]}]
    site.console.clock.advance(hours=2)
    assert (await site.came(site.console.browser())).status_code == 403


async def test_the_answer_counts_once_in_the_browser_that_went_and_in_time(site: Site) -> None:
    first = site.console.browser()
    back = await site.begun(first)
    victim = site.console.browser()
    await nobody_came(site, victim, await victim.get(back), "was not begun in this browser", 400)
    code = parse_qs(urlsplit(back).query)["code"][0]
    await nobody_came(
        site, first, await first.get(f"/sign-in/callback?code={code}&state=guessed"), "Begin it again", 400
    )
    # That answer took the flow from the browser: even the right state is too late.
    await nobody_came(site, first, await first.get(back), "Begin it again", 400)
    second = site.console.browser()
    away = await second.get("/sign-in/start")
    flow, back = away.cookies["opsiq_flow"], await there(away.headers["location"])
    assert (await second.get(back)).status_code == 303
    replayed = site.console.browser()
    replayed.cookies.set("opsiq_flow", flow)
    assert (await replayed.get(back)).status_code == 400
    assert len(site.issuer.granted) == 1
    late = site.console.browser()
    back = await site.begun(late)
    site.console.clock.advance(minutes=10)
    assert (await late.get(back)).status_code == 400
    made_up = site.console.browser()
    made_up.cookies.set("opsiq_flow", "v1.AAAA")
    assert (await made_up.get("/sign-in/callback?code=x&state=")).status_code == 400


async def test_a_code_of_another_flow_is_refused_by_its_verifier(site: Site) -> None:
    mine, theirs = site.console.browser(), site.console.browser()
    back, other = await site.begun(mine), await site.begun(theirs)
    state = parse_qs(urlsplit(back).query)["state"][0]
    code = parse_qs(urlsplit(other).query)["code"][0]
    answer = await mine.get(f"/sign-in/callback?code={code}&state={state}")
    await nobody_came(site, mine, answer, "did not accept the sign-in any more")


async def test_an_answer_that_names_another_issuer_is_refused(site: Site) -> None:
    site.issuer.answer_iss = "https://elsewhere.example"
    browser = site.console.browser()
    await nobody_came(site, browser, await site.came(browser), "another issuer")
    site.issuer.answer_iss = site.issuer.url
    assert (await site.came(site.console.browser())).status_code == 303


async def test_an_issuer_that_must_name_itself_in_the_answer_and_does_not_is_refused(site: Site) -> None:
    site.issuer.told = {"authorization_response_iss_parameter_supported": True}
    browser = site.console.browser()
    await nobody_came(site, browser, await site.came(browser), "another issuer")


async def test_nobody_is_led_to_another_site(site: Site) -> None:
    for wanted in ("https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)"):
        browser = site.console.browser()
        back = await site.begun(browser, f"/sign-in/start?next={wanted}")
        assert (await browser.get(back)).headers["location"] == "/", wanted


async def test_what_the_browser_brings_as_an_error_is_not_shown(site: Site) -> None:
    browser = site.console.browser()
    away = await browser.get("/sign-in/start")
    state = parse_qs(urlsplit(away.headers["location"]).query)["state"][0]
    answer = await browser.get(f"/sign-in/callback?error=access_denied&error_description=call+evil&state={state}")
    await nobody_came(site, browser, answer, "Shop accounts did not let you in")
    assert "evil" not in answer.text


async def test_an_issuer_that_is_down_or_describes_itself_wrongly_lets_nobody_in(site: Site) -> None:
    browser = site.console.browser()
    for told in (
        {"issuer": "https://elsewhere.example"},
        {"token_endpoint": "http://10.0.0.7/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": None},
    ):
        site.issuer.told = told
        answer = await browser.get("/sign-in/start")
        assert answer.status_code == 503, told
        assert "You can&#39;t sign in with Shop accounts just now. Try again, or use your password." in answer.text
        assert "opsiq_flow" not in answer.cookies
    site.issuer.told = {"token_endpoint": "https://127.0.0.1:9/token"}
    down = await site.came(browser)
    await nobody_came(site, browser, down, "did not answer", 503)


async def test_an_issuer_in_a_private_network_is_not_dialled_unless_it_is_listed(tmp_path: Path) -> None:
    async with opened_site(tmp_path, OPSIQ_ALLOW_ADDRESSES="10.0.0.0/8") as site:
        answer = await site.console.browser().get("/sign-in/start")
        assert (answer.status_code, "OPSIQ_ALLOW_ADDRESSES" in answer.text) == (503, True)
        assert site.issuer.asked == []


async def test_failures_from_one_machine_close_the_door_for_it(site: Site) -> None:
    site.issuer.person = Person(email_verified=False)
    for _ in range(30):
        assert (await site.came(site.console.browser("10.9.9.9"))).status_code == 403
    site.issuer.person = Person()
    assert (await site.came(site.console.browser("10.9.9.9"))).status_code == 429
    assert (await site.came(site.console.browser("10.9.9.8"))).status_code == 303


async def test_without_the_setting_there_is_no_button_and_no_way(console: Console) -> None:
    browser = console.browser()
    assert "Sign in with" not in (await browser.get("/sign-in")).text
    assert (await browser.get("/sign-in/start")).status_code == 404
    assert (await browser.get("/sign-in/callback?code=x&state=y")).status_code == 404
    amir = await console.signed_in("amir@shop.test")
    assert "another account" not in (await amir.get("/account")).text
    assert (await post(amir, "/account/link", {"password": PASSWORD})).status_code == 404
