"""Who may come in over MCP, with what, and what their key's scopes leave of it."""

from __future__ import annotations

import logging

import pytest

from core.crypto.mcp_token import make_token
from tests.integration.web.api.shop import Key, Shop
from tests.integration.web.mcp.client import ERAS, connected, post, post_as, token_of, told
from tests.whole_minute import wait_until_the_minute_lasts
from web.limits import PER_MINUTE, Limits
from web.mcp.access import SCOPES


async def test_nobody_gets_in_without_a_credential_and_is_told_where_to_get_one(shop: Shop) -> None:
    answer = await post(shop, "tools/list")
    assert answer.status_code == 401
    assert answer.json()["code"] == "invalid_signature"
    challenge = answer.headers["www-authenticate"]
    assert 'resource_metadata="http://127.0.0.1:8080/.well-known/oauth-protected-resource/mcp"' in challenge
    described = (await shop.http.get("/.well-known/oauth-protected-resource/mcp")).json()
    assert described["resource"] == "http://127.0.0.1:8080/mcp"
    assert described["scopes_supported"] == list(SCOPES)
    assert "runs:confirm" not in described["scopes_supported"]


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ("", "No access token came"),
        ("Bearer", "No access token came"),
        ("Token abc", "No access token came"),
        ("Bearer abc", "The bearer token is of no key"),
    ],
)
async def test_a_refusal_says_what_to_send_and_does_not_begin_with_signing(shop: Shop, sent: str, why: str) -> None:
    answer = await post(shop, "tools/list", headers={"Authorization": sent} if sent else {})
    assert answer.status_code == 401
    assert answer.json()["detail"].startswith(why)
    assert "opsiq keys mcp-token" in answer.json()["detail"]


@pytest.mark.parametrize(
    "token",
    [
        "", "pk_live_x", "x.y", "pk_live_abc." + "A" * 43, "e30.e30.e30", "a" * 9000,
    ],
)  # fmt: skip
async def test_a_token_of_no_key_is_refused(shop: Shop, token: str) -> None:
    answer = await post(shop, "tools/list", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


async def test_a_token_ends_with_its_key_and_changes_with_its_secret(shop: Shop) -> None:
    key = await shop.key_of("olivia", name="ends")
    assert (await post_as(shop, key, "tools/list")).status_code == 200
    rotated = (await shop.call("POST", f"/v1/keys/{key.id}/rotate")).json()
    assert (await post_as(shop, key, "tools/list")).status_code == 200, "the secret before it signs on for a day"
    fresh = Key(key.id, key.public, rotated["secret"])
    assert (await post_as(shop, fresh, "tools/list")).status_code == 200
    shop.clock.advance(hours=25)
    assert (await post_as(shop, key, "tools/list")).status_code == 401
    assert (await shop.call("DELETE", f"/v1/keys/{key.id}")).status_code == 200
    assert (await post_as(shop, fresh, "tools/list")).status_code == 401


async def test_a_token_signs_nothing_and_opens_no_rest_route(shop: Shop) -> None:
    token = token_of(shop, "olivia")
    answer = await shop.http.get("/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    forged = Key("", shop.keys["olivia"].public, token.rpartition(".")[2])
    assert (await shop.call("GET", "/v1/me", by=forged)).status_code == 401
    assert token != make_token(shop.keys["amir"].public, shop.keys["olivia"].secret)


async def test_a_signed_request_gets_in_as_at_the_rest_api_and_once(shop: Shop) -> None:
    raw = b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}'
    signature = shop.signature("POST", "/mcp", shop.keys["olivia"], body=raw)
    assert (await post(shop, "", raw=raw, headers={"Authorization": signature})).status_code == 200
    assert (await post(shop, "", raw=raw, headers={"Authorization": signature})).status_code == 401, "a nonce is taken"


@pytest.mark.parametrize("mode", ERAS)
async def test_the_list_holds_what_the_scopes_allow(shop: Shop, mode: str) -> None:
    every = await shop.key_of("sara", scopes=SCOPES)
    async with connected(shop, every, mode=mode) as client:
        names = {each.name for each in (await client.list_tools()).tools}
    assert {"ask", "find_action", "run_action", "answer_question", "run_status"} <= names
    assert not [name for name in names if "confirm" in name or "approve" in name]
    reads = await shop.key_of("sara", scopes=["runs:read", "runs:confirm"])
    async with connected(shop, reads, mode=mode) as client:
        assert {each.name for each in (await client.list_tools()).tools} == {"run_status"}
        refused = await client.call_tool("ask", {"text": "who is Adam?"})
        assert refused.is_error
        assert told(refused)["error"] == "forbidden"


async def test_a_role_that_may_run_nothing_is_offered_no_action_and_may_ask(shop: Shop) -> None:
    async with connected(shop, "nell") as client:
        assert {each.name for each in (await client.list_tools()).tools} == {"ask", "answer_question", "run_status"}
        assert not (await client.call_tool("ask", {"text": "how many open invoices are there?"})).is_error
        assert told(await client.call_tool("find_action", {"query": "refund an invoice"})) == {"actions": [], "of": 0}


async def test_a_page_of_another_origin_and_another_host_are_refused(shop: Shop) -> None:
    assert (await post_as(shop, "olivia", "tools/list", headers={"Origin": "http://127.0.0.1:8080"})).status_code == 200
    for origin in (
        "https://evil.example",
        "http://127.0.0.1.evil.example",
        "null",
        "http://[",
        "https://127.0.0.1:8080",
    ):
        answer = await post_as(shop, "olivia", "tools/list", headers={"Origin": origin})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), origin
    rebound = await post_as(shop, "olivia", "tools/list", headers={"Host": "evil.example:8080"})
    assert rebound.status_code == 403


async def test_what_is_no_post_or_asks_for_no_surface_is_refused(shop: Shop) -> None:
    for verb in ("GET", "DELETE", "PUT"):
        assert (await post_as(shop, "olivia", "ping", verb=verb)).status_code == 405
    assert (await post_as(shop, "olivia", "ping", query="?surface=elsewhere")).status_code == 400
    assert (await post_as(shop, "olivia", "ping", query="?surfaces=admin")).status_code == 400
    assert (await post_as(shop, "olivia", "ping", raw=b'{"a": 1, "a": 2}')).status_code == 400
    assert (await post_as(shop, "olivia", "ping", raw=b"[" * 100_000)).status_code == 400
    assert (await post_as(shop, "olivia", "ping", raw=b'{"id": NaN}')).status_code == 400


async def test_requests_over_the_keys_limit_are_429(shop: Shop) -> None:
    wait_until_the_minute_lasts(3)
    shop.app.state.limits = Limits(per_minute={**PER_MINUTE, "reads": 2, "actions": 1})
    assert (await post_as(shop, "olivia", "tools/list")).headers["ratelimit"] == '"key";r=1;t=60'
    run = {"name": "run_action", "arguments": {"action": "no.such"}}
    assert (await post_as(shop, "olivia", "tools/call", run)).status_code == 200
    over = await post_as(shop, "olivia", "tools/call", run)
    assert (over.status_code, over.json()["code"]) == (429, "rate_limited")
    assert int(over.headers["retry-after"]) > 0
    assert (await post_as(shop, "olivia", "tools/list")).status_code == 200


async def test_no_token_is_logged_or_kept(working: Shop, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = token_of(working, "olivia")
    async with connected(working) as client:
        await client.call_tool("ask", {"text": "refund Adam's last invoice"})
        await client.call_tool("run_status", {"run_id": "run_" + "0" * 26})
    secret = token.rpartition(".")[2]
    assert secret not in caplog.text
    folder = working.container.settings.data_dir
    assert not [each for each in folder.rglob("*") if each.is_file() and secret.encode() in each.read_bytes()]
