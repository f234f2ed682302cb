"""Access tokens of the issuer: who they speak for, with what, and every way in which one isn't taken."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agent.sso.identity import SsoIdentity
from store.accounts.members import MemberRow
from tests.integration.web.api.shop import NOW, InstalledShop, Shop, open_shop
from tests.integration.web.console.local_issuer import (
    CLIENT_ID,
    CLIENT_SECRET,
    LocalIssuer,
    hmac_by_public_key,
    local_issuer,
    rsa_key,
    unsigned,
)
from tests.integration.web.mcp.client import connected, post, told

RESOURCE = "http://127.0.0.1:8080/mcp"


@dataclass
class Site:
    shop: Shop
    issuer: LocalIssuer

    def claims(self, **changes: Any) -> dict[str, Any]:
        at = int(self.shop.clock().timestamp())
        made = {"iss": self.issuer.url, "aud": RESOURCE, "sub": "u-amir", "iat": at, "exp": at + 300, **changes}
        return {name: value for name, value in made.items() if value is not None}

    async def status(self, token: str) -> int:
        answer = await post(self.shop, "tools/list", headers={"Authorization": f"Bearer {token}"})
        return answer.status_code


@pytest.fixture
async def site(tmp_path: Path, template: InstalledShop) -> AsyncIterator[Site]:
    async with (
        local_issuer(lambda: NOW) as issuer,
        open_shop(
            tmp_path, template, OPSIQ_OIDC_ISSUER=issuer.url, OPSIQ_OIDC_CLIENT_ID=CLIENT_ID,
            OPSIQ_OIDC_CLIENT_SECRET=CLIENT_SECRET,
        ) as shop,
    ):  # fmt: skip
        who = SsoIdentity(issuer=issuer.url, subject="u-amir", email="amir@shop.test", unverified=False, name="Amir")
        assert isinstance(await shop.container.sso_login.enter(who), MemberRow), "which links it"
        yield Site(shop, issuer)


async def test_the_metadata_names_the_issuer_that_gives_tokens(site: Site) -> None:
    described = (await site.shop.http.get("/.well-known/oauth-protected-resource/mcp")).json()
    assert (described["resource"], described["authorization_servers"]) == (RESOURCE, [site.issuer.url])


async def test_a_token_speaks_for_its_member_with_the_scopes_that_were_granted(site: Site) -> None:
    token = site.issuer.signed(site.claims(scope="openid runs:read runs:confirm keys:write"))
    async with connected(site.shop, token=token) as client:
        assert {each.name for each in (await client.list_tools()).tools} == {"run_status"}
        assert told(await client.call_tool("ask", {"text": "who is Adam?"}))["error"] == "forbidden"
    token = site.issuer.signed(site.claims(aud=["other", RESOURCE], scp=["runs:read", "actions:run"]))
    async with connected(site.shop, token=token) as client:
        body = {"action": "saas.refund_invoice", "params": {"invoice_id": 1042}}
        refused = told(await client.call_tool("run_action", body))
        assert refused["error"] == "forbidden", "amir's role may not"
    run = await site.shop.container.runs.show(site.shop.actors["olivia"], refused["run_id"])
    assert (run.actor.kind, run.actor.id, run.via) == ("member", site.shop.actors["amir"].id, "mcp")


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": CLIENT_ID}, {"aud": None}, {"aud": RESOURCE + "/"}, {"iss": "https://elsewhere.example"}, {"iss": None},
        {"exp": None}, {"exp": 1}, {"nbf": 10**10}, {"sub": "u-nobody"}, {"sub": None}, {"sub": ""}, {"sub": 7},
    ],
)  # fmt: skip
async def test_a_token_for_another_place_time_or_person_is_refused(site: Site, changes: dict[str, Any]) -> None:
    assert await site.status(site.issuer.signed(site.claims())) == 200
    assert await site.status(site.issuer.signed(site.claims(**changes))) == 401


async def test_a_token_that_the_issuer_did_not_sign_is_refused(site: Site) -> None:
    good = site.issuer.signed(site.claims())
    for token in (
        unsigned(site.claims()),
        hmac_by_public_key(site.issuer)(site.claims()),
        site.issuer.signed(site.claims(), rsa_key("rsa-1")),
        site.issuer.signed(site.claims(), rsa_key("unknown")),
        good[:-4] + "AAAA",
        good + "." + good,
    ):
        assert await site.status(token) == 401, token


async def test_a_member_who_is_gone_is_not_let_in(site: Site) -> None:
    token = site.issuer.signed(site.claims())
    assert await site.status(token) == 200
    olivia, amir = site.shop.actors["olivia"], site.shop.actors["amir"]
    await site.shop.container.member_service.deactivate(olivia, amir.id)
    assert await site.status(token) == 401
