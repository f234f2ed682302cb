"""Whom an OpenID Connect issuer lets in, and as whom: by a verified address once, by the subject from then on."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import store.accounts.identities
import store.accounts.members
import store.history.log
from tests.integration.web.console.console import PASSWORD, csrf, post, sign_in
from tests.integration.web.console.issuer_site import Site, nobody_came, opened_site, there
from tests.integration.web.console.local_issuer import REDIRECT, Person


async def test_a_member_comes_in_by_the_verified_address_once_then_by_the_subject(site: Site) -> None:
    browser = site.console.browser()
    assert "Sign in with Shop accounts" in (await browser.get("/sign-in?next=/runs")).text
    away = await browser.get("/sign-in/start?next=/runs")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(away.headers["location"]).query).items()}
    assert (asked["redirect_uri"], asked["scope"], asked["code_challenge_method"]) == (
        REDIRECT,
        "openid email profile",
        "S256",
    )
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
    await site.console.container.member_service.invite(site.console.owner, email="odd@shop.test", role="owner")
    site.issuer.person = Person(sub="u-odd", email="odd@shop.test")
    browser = site.console.browser()
    await nobody_came(site, browser, await site.came(browser), "open the link of your invitation")
    assert (await site.member("odd@shop.test")).state == "invited"
    async with site.console.container.database.read() as session:
        assert await store.accounts.members.by_email(session, "new@shop.test") == []


async def test_an_invited_person_joins_and_may_set_a_password_while_the_sign_in_is_fresh(site: Site) -> None:
    await site.console.container.member_service.invite(site.console.owner, email="nora@shop.test", role="admin")
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


async def test_who_joins_under_a_members_name_is_called_by_their_address(site: Site) -> None:
    await site.console.container.member_service.invite(site.console.owner, email="nora@shop.test", role="admin")
    site.issuer.person = Person(sub="u-nora", email="nora@shop.test", name="Olivia")
    assert (await site.came(site.console.browser())).status_code == 303
    assert (await site.member("nora@shop.test")).name == "nora@shop.test"


async def test_an_invitation_that_is_over_lets_nobody_in(site: Site) -> None:
    await site.console.container.member_service.invite(site.console.owner, email="nora@shop.test", role="admin")
    site.console.clock.advance(days=8)
    site.issuer.person = Person(sub="u-nora", email="nora@shop.test")
    browser = site.console.browser()
    await nobody_came(site, browser, await site.came(browser), "Your invitation is over")


async def test_a_deactivated_member_stays_out_linked_or_not(site: Site) -> None:
    owner = site.console.owner
    assert (await site.came(site.console.browser())).status_code == 303
    for email, sub in (("amir@shop.test", "u-amir"), ("sara@shop.test", "u-sara")):
        await site.console.container.member_service.deactivate(owner, (await site.member(email)).id)
        site.issuer.person = Person(sub=sub, email=email)
        browser = site.console.browser()
        answer = await site.came(browser)
        assert (answer.status_code, "Your place here is deactivated" in answer.text) == (403, True)
        assert (await browser.get("/")).status_code == 303
        assert (await site.kinds())[0] == "sign_in_refused"


async def test_nothing_is_linked_for_a_sign_in_that_ended_while_the_issuer_was_asked(site: Site) -> None:
    """Whoever else knew the password keeps no other way in, once it is changed and every sign-in has ended."""
    olivia = await site.console.signed_in("olivia@shop.test")
    page = await post(olivia, "/account/link", {"password": PASSWORD})
    back = await there(page.text.split('class="button primary" href="')[1].split('"')[0].replace("&amp;", "&"))
    owner = site.console.owner

    async def end_sign_ins() -> None:
        await site.console.container.member_service.end_logins(owner, owner.id)

    site.issuer.meanwhile = end_sign_ins
    answer = await olivia.get(back)
    assert answer.status_code == 403
    assert "Your sign-in has ended meanwhile, so nothing was changed." in answer.text
    assert await site.links("olivia@shop.test") == []


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
    assert "<b>private@elsewhere.test</b> at Shop accounts since" in account.text
    identity = account.text.split('name="identity" value="')[1].split('"')[0]
    data = {"csrf": csrf(account), "identity": identity}
    assert (await fresh.post("/account/unlink", data={**data, "password": "not it"})).status_code == 422
    assert (await fresh.post("/account/unlink", data={**data, "password": PASSWORD})).status_code == 303
    assert await site.links("olivia@shop.test") == []
    turned = await site.came(site.console.browser())
    assert turned.status_code == 403
    assert {"identity_linked", "identity_unlinked"} <= set(await site.kinds())


async def test_who_unlinks_an_account_ends_the_sign_ins_that_came_through_it(site: Site) -> None:
    """Somebody else may have got into that account. Sign-ins by password, and the one that unlinks, go on."""
    site.issuer.person = Person(sub="u-amir", email="amir@shop.test")
    thief, here = site.console.browser(), site.console.browser()
    assert (await site.came(thief)).status_code == (await site.came(here)).status_code == 303
    by_password = await site.console.signed_in("amir@shop.test")
    account = await here.get("/account")
    identity = account.text.split('name="identity" value="')[1].split('"')[0]
    data = {"csrf": csrf(account), "identity": identity, "password": PASSWORD}
    assert (await here.post("/account/unlink", data=data)).status_code == 303
    open_to = [(await each.get("/account")).status_code for each in (thief, here, by_password)]
    assert open_to == [303, 200, 200]


async def test_nobody_takes_an_identity_that_is_somebody_elses(site: Site) -> None:
    assert (await site.came(site.console.browser())).status_code == 303
    sara = await site.console.signed_in("sara@shop.test")
    page = await post(sara, "/account/link", {"password": PASSWORD})
    href = page.text.split('class="button primary" href="')[1].split('"')[0].replace("&amp;", "&")
    answer = await sara.get(await there(href))
    assert answer.status_code == 403
    assert "is another member&#39;s here, or you are linked with a different one. Nothing was linked." in answer.text
    assert "Sign in with your password" not in answer.text, "who reads it has done so"
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
