"""Signing in with an OpenID Connect issuer: what it takes, and everything that must not be enough."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx import AsyncClient, Response

import store.history
import store.identities
import store.members
from core.clock import FrozenClock
from store.members import MemberRow
from tests.integration.web.console import NOON, PASSWORD, Console, csrf, opened_console, post, sign_in
from tests.integration.web.local_issuer import (
    CLIENT_ID,
    CLIENT_SECRET,
    REDIRECT,
    LocalIssuer,
    Person,
    ec_key,
    hmac_by_public_key,
    local_issuer,
    rsa_key,
    unsigned,
)


@dataclass
class Site:
    console: Console
    issuer: LocalIssuer

    async def begun(self, browser: AsyncClient, start: str = "/sign-in/start") -> str:
        """Away to the issuer and signed in there: the path that it sends the browser back to."""
        away = await browser.get(start)
        assert away.status_code == 303, away.text
        return await there(away.headers["location"])

    async def came(self, browser: AsyncClient, start: str = "/sign-in/start") -> Response:
        return await browser.get(await self.begun(browser, start))

    async def member(self, email: str) -> MemberRow:
        async with self.console.house.sessions.read() as session:
            return (await store.members.by_email(session, email))[0]

    async def entries(self) -> list[store.history.HistoryRow]:
        async with self.console.house.sessions.read() as session:
            return await store.history.page(session, self.console.owner.workspace, limit=10)

    async def kinds(self) -> list[str]:
        return [each.kind for each in await self.entries()]

    async def links(self, email: str) -> list[str]:
        member = await self.member(email)
        async with self.console.house.sessions.read() as session:
            rows = await store.identities.of_member(session, member.workspace, member.id)
        return [row.subject for row in rows]


async def there(address: str) -> str:
    async with AsyncClient() as outside:
        back = await outside.get(address)
    assert back.status_code == 302, back.text
    assert back.headers["location"].startswith(f"{REDIRECT}?")
    parts = urlsplit(back.headers["location"])
    return f"{parts.path}?{parts.query}"


@asynccontextmanager
async def opened_site(folder: Path, **settings: str) -> AsyncIterator[Site]:
    clock = FrozenClock(NOON)
    async with local_issuer(lambda: clock()) as issuer:
        given = {
            "OPSIQ_OIDC_ISSUER": issuer.url, "OPSIQ_OIDC_CLIENT_ID": CLIENT_ID, "OPSIQ_OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "OPSIQ_OIDC_NAME": "Shop accounts", "OPSIQ_BASE_URL": "http://console.test", "OPSIQ_ALLOW_ADDRESSES": "127.0.0.0/8",
        }  # fmt: skip
        async with opened_console(folder, **{**given, **settings}) as console:
            issuer.now = console.clock
            yield Site(console, issuer)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with opened_site(tmp_path) as made:
        yield made


async def nobody_came(site: Site, browser: AsyncClient, answer: Response, words: str, status: int = 403) -> None:
    assert (answer.status_code, words in answer.text) == (status, True), answer.text
    assert (await browser.get("/")).headers["location"] == "/sign-in"
    assert "signed_in" not in await site.kinds()


async def test_a_member_comes_in_by_the_verified_address_once_and_by_the_subject_from_then_on(site: Site) -> None:
    browser = site.console.browser()
    assert "Sign in with Shop accounts" in (await browser.get("/sign-in?next=/runs")).text
    away = await browser.get("/sign-in/start?next=/runs")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(away.headers["location"]).query).items()}
    assert (asked["redirect_uri"], asked["scope"], asked["code_challenge_method"]) == (
        REDIRECT, "openid email profile", "S256",
    )  # fmt: skip
    answer = await browser.get(await there(away.headers["location"]))
    assert (answer.status_code, answer.headers["location"]) == (303, "/runs")
    assert "Amir" in (await browser.get("/runs")).text
    assert (await site.kinds())[:2] == ["signed_in", "identity_linked"]
    assert f'"issuer":"{site.issuer.url}"' in (await site.entries())[0].data.replace(" ", "")
    # The address is gone there, and was given to somebody else: it is the subject that counts.
    site.issuer.person = Person(sub="u-amir", email="old@shop.test", email_verified=None)
    assert (await site.came(site.console.browser())).status_code == 303
    site.issuer.person = Person(sub="u-other")
    other = site.console.browser()
    turned = await site.came(other)
    assert (turned.status_code, "another member" in turned.text) == (403, True)
    assert await site.links("amir@shop.test") == ["u-amir"]
    assert "sign_in_refused" in await site.kinds()


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


async def test_a_token_signed_with_nothing_or_with_what_is_public_or_with_another_key_signs_nobody_in(
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


@pytest.mark.parametrize("verified", [False, None, "true", 1])
async def test_an_address_that_is_not_verified_is_nobodys(site: Site, verified: Any) -> None:
    site.issuer.person = Person(email_verified=verified)
    browser = site.console.browser()
    await nobody_came(site, browser, await site.came(browser), "has verified your e-mail address")
    assert await site.links("amir@shop.test") == []


async def test_an_address_that_only_looks_or_folds_like_a_members_is_nobodys(site: Site) -> None:
    for email in ("\u0430mir@shop.test", "am\u0131r@shop.test", "\u017fara@shop.test"):
        site.issuer.person = Person(email=email)
        browser = site.console.browser()
        await nobody_came(site, browser, await site.came(browser), "has verified your e-mail address")


async def test_nobody_is_made_a_member_or_an_owner_by_an_issuers_word(site: Site) -> None:
    site.issuer.person = Person(sub="u-new", email="new@shop.test")
    browser = site.console.browser()
    await nobody_came(site, browser, await site.came(browser), "Ask an owner for an invitation")
    site.issuer.person = Person(sub="u-olivia", email="olivia@shop.test")
    browser = site.console.browser()
    await nobody_came(site, browser, await site.came(browser), "An owner&#39;s account is linked from within")
    await site.console.house.roster.invite(site.console.owner, email="odd@shop.test", role="owner")
    site.issuer.person = Person(sub="u-odd", email="odd@shop.test")
    browser = site.console.browser()
    await nobody_came(site, browser, await site.came(browser), "open the link of your invitation")
    assert (await site.member("odd@shop.test")).state == "invited"
    async with site.console.house.sessions.read() as session:
        assert await store.members.by_email(session, "new@shop.test") == []


async def test_an_invited_person_joins_and_may_set_a_first_password_while_the_sign_in_is_fresh(site: Site) -> None:
    await site.console.house.roster.invite(site.console.owner, email="nora@shop.test", role="admin")
    site.issuer.person = Person(sub="u-nora", email="Nora@Shop.test", name="Nora N.")
    nora = site.console.browser()
    assert (await site.came(nora)).status_code == 303
    joined = await site.member("nora@shop.test")
    assert (joined.state, joined.name, joined.role, joined.password_hash) == ("active", "Nora N.", "admin", None)
    assert (await site.kinds())[:3] == ["signed_in", "member_joined", "identity_linked"]
    assert "Set a password" in (await nora.get("/account")).text
    site.console.clock.advance(minutes=11)
    late = await post(nora, "/account/password", {"fresh": "a fresh and long one"})
    assert (late.status_code, "sign in again through Shop accounts" in late.text) == (422, True)
    again = site.console.browser()
    assert (await site.came(again)).status_code == 303
    assert (await post(again, "/account/password", {"fresh": "a fresh and long one"})).status_code == 200
    by_password = await sign_in(site.console.browser(), "nora@shop.test", "a fresh and long one")
    assert by_password.status_code == 303
    # From now on the present one is asked for.
    assert (await post(again, "/account/password", {"fresh": "another long one"})).status_code == 422


async def test_an_invitation_that_is_over_lets_nobody_in(site: Site) -> None:
    await site.console.house.roster.invite(site.console.owner, email="nora@shop.test", role="admin")
    site.console.clock.advance(days=8)
    site.issuer.person = Person(sub="u-nora", email="nora@shop.test")
    browser = site.console.browser()
    await nobody_came(site, browser, await site.came(browser), "Your invitation is over")


async def test_a_deactivated_member_stays_out_linked_or_not(site: Site) -> None:
    owner = site.console.owner
    assert (await site.came(site.console.browser())).status_code == 303
    for email, sub in (("amir@shop.test", "u-amir"), ("sara@shop.test", "u-sara")):
        await site.console.house.roster.deactivate(owner, (await site.member(email)).id)
        site.issuer.person = Person(sub=sub, email=email)
        browser = site.console.browser()
        answer = await site.came(browser)
        assert (answer.status_code, "Your place here is deactivated" in answer.text) == (403, True)
        assert (await browser.get("/")).status_code == 303
        assert (await site.kinds())[0] == "sign_in_refused"


async def test_an_owner_links_from_within_with_the_password_and_unlinks_again(site: Site) -> None:
    olivia = await site.console.signed_in("olivia@shop.test")
    site.issuer.person = Person(sub="u-olivia", email="private@elsewhere.test")
    wrong = await post(olivia, "/account/link", {"password": "not it"})
    assert (wrong.status_code, "This is not your password" in wrong.text) == (422, True)
    page = await post(olivia, "/account/link", {"password": PASSWORD})
    href = page.text.split('class="button primary" href="')[1].split('"')[0].replace("&amp;", "&")
    back = await there(href)
    # The answer is bound to the sign-in that asked for it, not only to the browser.
    amir = await site.console.signed_in("amir@shop.test")
    amir.cookies.set("opsiq_flow", olivia.cookies["opsiq_flow"])
    page = await post(olivia, "/account/link", {"password": PASSWORD})
    href = page.text.split('class="button primary" href="')[1].split('"')[0].replace("&amp;", "&")
    assert (await amir.get(back)).status_code == 400
    answer = await olivia.get(await there(href))
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert await site.links("olivia@shop.test") == ["u-olivia"]
    assert await site.links("amir@shop.test") == []
    fresh = site.console.browser()
    assert (await site.came(fresh)).status_code == 303
    account = await fresh.get("/account")
    assert "private@elsewhere.test" in account.text
    identity = account.text.split('name="identity" value="')[1].split('"')[0]
    data = {"csrf": csrf(account), "identity": identity}
    assert (await fresh.post("/account/unlink", data={**data, "password": "not it"})).status_code == 422
    assert (await fresh.post("/account/unlink", data={**data, "password": PASSWORD})).status_code == 303
    assert await site.links("olivia@shop.test") == []
    turned = await site.came(site.console.browser())
    assert turned.status_code == 403
    assert {"identity_linked", "identity_unlinked"} <= set(await site.kinds())


async def test_nobody_takes_an_identity_that_is_somebody_elses(site: Site) -> None:
    assert (await site.came(site.console.browser())).status_code == 303
    sara = await site.console.signed_in("sara@shop.test")
    page = await post(sara, "/account/link", {"password": PASSWORD})
    href = page.text.split('class="button primary" href="')[1].split('"')[0].replace("&amp;", "&")
    answer = await sara.get(await there(href))
    assert (answer.status_code, "another member" in answer.text) == (403, True)
    assert await site.links("amir@shop.test") == ["u-amir"]


async def test_what_the_token_leaves_out_is_asked_of_userinfo_about_the_same_person(site: Site) -> None:
    site.issuer.email_in_token = False
    site.issuer.userinfo_sub = "u-somebody-else"
    browser = site.console.browser()
    await nobody_came(site, browser, await site.came(browser), "has verified your e-mail address")
    site.issuer.userinfo_sub = None
    assert (await site.came(site.console.browser())).status_code == 303


async def test_where_domains_are_named_every_sign_in_has_a_verified_address_in_one(tmp_path: Path) -> None:
    async with opened_site(tmp_path, OPSIQ_OIDC_DOMAINS="shop.test") as site:
        assert (await site.came(site.console.browser())).status_code == 303
        for email, verified in (("amir@evil.test", True), ("amir@notshop.test", True), ("amir@shop.test", None)):
            site.issuer.person = Person(email=email, email_verified=verified)
            browser = site.console.browser()
            assert (await site.came(browser)).status_code == 403, email
            assert (await browser.get("/")).status_code == 303


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
        assert (answer.status_code, "Shop accounts" in answer.text) == (503, True), told
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
