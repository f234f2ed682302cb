"""Credentials of calls over HTTP, against a real server: put in last, for one address alone, and shown nowhere."""

from __future__ import annotations

import asyncio
import base64
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest

from agent.credentials.kinds import read_credential
from agent.sending.http_endpoint import HttpEndpointClient
from core.errors import PlatformUnavailable
from tests.integration.agent.agent_harness import ADDRESS
from tests.integration.agent.sending.api_server import Endpoints

TOKEN = "tok-3f9c81d2-very-secret"
CREDENTIALS: list[tuple[dict[str, Any], str, str]] = [
    ({"type": "bearer", "token": TOKEN}, "authorization", f"Bearer {TOKEN}"),
    ({"type": "bearer", "token": TOKEN, "prefix": "Token"}, "authorization", f"Token {TOKEN}"),
    ({"type": "bearer", "token": TOKEN, "prefix": ""}, "authorization", TOKEN),
    ({"type": "basic", "username": "u", "password": "p"}, "authorization", "Basic dTpw"),
    ({"type": "header", "name": "X-API-Key", "value": TOKEN}, "x-api-key", TOKEN),
]


async def test_credentials_are_put_in_at_the_last_moment(endpoints: Endpoints) -> None:
    await endpoints.register()
    olivia = endpoints.harness.people["olivia"]
    for credential, header, value in CREDENTIALS:
        await endpoints.vault.put(olivia, "saas", read_credential(credential))
        run = await endpoints.send()
        assert run.state == "succeeded"
        assert endpoints.api.requests[-1].headers[header] == value
        status = await endpoints.vault.get_status(olivia.workspace, "saas")
        assert status is not None
        assert status.last_used_at == endpoints.harness.clock()


async def test_a_key_in_the_query_is_sent_and_shown_nowhere(endpoints: Endpoints) -> None:
    await endpoints.register()
    credential = read_credential({"type": "query", "name": "api_key", "value": TOKEN})
    await endpoints.vault.put(endpoints.harness.people["olivia"], "saas", credential)
    run = await endpoints.send()
    assert endpoints.api.requests[0].path.endswith(f"?api_key={TOKEN}")
    assert TOKEN not in run.model_dump_json()


async def test_secrets_are_in_no_row_no_log_and_no_history(
    endpoints: Endpoints, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    await endpoints.register()
    await endpoints.vault.put(
        endpoints.harness.people["olivia"], "saas", read_credential({"type": "bearer", "token": TOKEN})
    )
    endpoints.api.answers = [(422, {"you_sent": f"Bearer {TOKEN}", "detail": f"not {TOKEN}"}, {})]
    run = await endpoints.send()
    assert run.state == "failed"
    assert "***" in (run.outcomes[0].answer or "")
    assert TOKEN not in caplog.text
    for path in tmp_path.glob("opsiq.db*"):  # noqa: ASYNC240 - small files of the test
        assert TOKEN.encode() not in path.read_bytes()


async def test_refused_credentials_are_told_of_until_new_ones_are_given(endpoints: Endpoints) -> None:
    await endpoints.register()
    olivia = endpoints.harness.people["olivia"]
    bearer = read_credential({"type": "bearer", "token": TOKEN})
    await endpoints.vault.put(olivia, "saas", bearer)
    endpoints.api.answers = [(401, {}, {})]
    assert (await endpoints.send()).state == "failed"
    now = endpoints.harness.clock()
    assert "refused" in (await endpoints.vault.list_statuses(olivia.workspace))[0].warning(now)
    assert (await endpoints.vault.put(olivia, "saas", bearer)).warning(now) == ""


async def test_credentials_go_to_the_address_that_they_were_given_for_and_no_other(endpoints: Endpoints) -> None:
    olivia, admin = endpoints.harness.people["olivia"], endpoints.harness.workspace_admin
    await endpoints.vault.put(olivia, "saas", read_credential({"type": "bearer", "token": TOKEN}))
    await admin.connect(olivia, "saas", f"{endpoints.api.url}/v2", {})
    assert await endpoints.vault.get_status(olivia.workspace, "saas") is not None
    await admin.connect(olivia, "saas", "https://elsewhere.example", {})
    assert await endpoints.vault.get_status(olivia.workspace, "saas") is None


async def test_a_call_that_is_tried_again_carries_no_credentials_of_another_address(endpoints: Endpoints) -> None:
    """The owner moves the connection, and gives the new platform's credentials, while a call waits for its next try."""
    olivia = endpoints.harness.people["olivia"]
    await endpoints.register()
    await endpoints.vault.put(olivia, "saas", read_credential({"type": "bearer", "token": TOKEN}))
    endpoints.api.answers = [(503, {}, {}), (200, {}, {})]
    run = await endpoints.send()
    assert run.state == "executing"
    await endpoints.harness.workspace_admin.connect(olivia, "saas", "https://elsewhere.example", {"read_token": "t"})
    await endpoints.vault.put(olivia, "saas", read_credential({"type": "bearer", "token": "tok-of-the-new-platform"}))
    run = await endpoints.harness.job(run.id)
    assert [each.headers["authorization"] for each in endpoints.api.of("POST")] == [f"Bearer {TOKEN}"]
    assert run.state == "failed"
    assert run.outcomes[0].detail == "“Change a customer's e-mail address” would go to another address now."
    status = await endpoints.vault.get_status(olivia.workspace, "saas")
    assert status is not None
    assert status.refused_at is None, "nobody refused the new ones"


async def test_what_is_sent_while_its_connection_moves_carries_no_credentials_of_the_new_address(
    endpoints: Endpoints,
) -> None:
    olivia, harness = endpoints.harness.people["olivia"], endpoints.harness
    await endpoints.register()
    run = await harness.ask("olivia", ADDRESS)
    await harness.confirm("olivia", run)
    client = harness.sender.endpoints["http"]

    async def move(*_: object) -> str:
        await harness.workspace_admin.connect(olivia, "saas", "https://elsewhere.example", {"read_token": "t"})
        await endpoints.vault.put(olivia, "saas", read_credential({"type": "bearer", "token": TOKEN}))
        return ""

    assert isinstance(client, HttpEndpointClient)
    harness.sender = replace(harness.sender, endpoints={"http": replace(client, find_change=move)})
    run = await harness.job(run.id)
    assert not endpoints.api.of("POST")
    assert run.state == "failed"
    assert "is at another address by now" in run.outcomes[0].detail


async def test_a_reader_of_the_earlier_address_gets_no_later_credentials(endpoints: Endpoints) -> None:
    olivia = endpoints.harness.people["olivia"]
    read = endpoints.vault.make_reader(olivia.workspace, "saas", endpoints.api.url)
    await endpoints.vault.put(olivia, "saas", read_credential({"type": "bearer", "token": TOKEN}))
    assert (await read(False)).secrets == (TOKEN,)
    await endpoints.harness.workspace_admin.connect(olivia, "saas", "https://elsewhere.example", {"read_token": "t"})
    await endpoints.vault.put(olivia, "saas", read_credential({"type": "bearer", "token": "tok-of-the-new-platform"}))
    with pytest.raises(PlatformUnavailable, match="another address"):
        await read(False)


async def test_a_token_of_replaced_credentials_is_not_kept_with_the_new_ones(endpoints: Endpoints) -> None:
    """They are replaced after they were opened, and before the token endpoint is asked."""
    olivia, vault = endpoints.harness.people["olivia"], endpoints.vault
    await endpoints.register()
    await vault.put(olivia, "saas", oauth(endpoints))
    endpoints.api.tokens = [(200, {"access_token": "a-token", "expires_in": 600})]

    class SlowLock(asyncio.Lock):
        async def acquire(self) -> Literal[True]:
            await vault.put(olivia, "saas", oauth(endpoints, client_id="d", client_secret="s3cret-of-d"))
            vault._locks.clear()
            return await super().acquire()

    vault._locks[olivia.workspace, "saas"] = SlowLock()
    await vault.apply(olivia.workspace, "saas", endpoints.api.url)
    (asked,) = endpoints.api.token_requests
    assert asked.headers["authorization"] == "Basic " + base64.b64encode(b"d:s3cret-of-d").decode()


def oauth(endpoints: Endpoints, **more: str) -> Any:
    return read_credential(
        {
            "type": "oauth_client",
            "token_url": f"{endpoints.api.url}/token",
            "client_id": "c",
            "client_secret": "s3cret-of-c",
            **more,
        }
    )


async def test_an_access_token_is_got_once_and_used_until_it_ends(endpoints: Endpoints) -> None:
    await endpoints.register()
    await endpoints.vault.put(endpoints.harness.people["olivia"], "saas", oauth(endpoints, scope="write"))
    endpoints.api.tokens = [
        (200, {"access_token": "first-token", "token_type": "bearer", "expires_in": 600}),
        (200, {"access_token": "second-token", "token_type": "bearer", "expires_in": 600}),
    ]
    for _ in range(2):
        assert (await endpoints.send()).state == "succeeded"
    assert len(endpoints.api.token_requests) == 1
    asked = endpoints.api.token_requests[0]
    assert "grant_type=client_credentials" in asked.body
    assert "scope=write" in asked.body
    assert asked.headers["authorization"].startswith("Basic ")
    endpoints.harness.clock.advance(seconds=590)
    await endpoints.send()
    assert [each.headers["authorization"] for each in endpoints.api.of("POST")] == [
        "Bearer first-token", "Bearer first-token", "Bearer second-token",
    ]  # fmt: skip


async def test_a_refused_access_token_is_renewed_once(endpoints: Endpoints) -> None:
    await endpoints.register()
    await endpoints.vault.put(endpoints.harness.people["olivia"], "saas", oauth(endpoints))
    endpoints.api.tokens = [
        (200, {"access_token": f"token-{n}", "token_type": "bearer", "expires_in": 600}) for n in range(5)
    ]
    endpoints.api.answers = [(401, {}, {}), (200, {}, {}), (401, {}, {})]
    assert (await endpoints.send()).state == "succeeded"
    assert len(endpoints.api.token_requests) == 2
    run = await endpoints.send()
    assert run.state == "failed"
    assert "“saas”: its credentials were refused" in run.outcomes[0].detail
    assert len(endpoints.api.token_requests) == 3, "and no more than once"


async def test_a_rotated_refresh_token_takes_the_place_of_the_one_before(endpoints: Endpoints) -> None:
    await endpoints.register()
    credential = read_credential(
        {
            "type": "oauth_refresh",
            "token_url": f"{endpoints.api.url}/token",
            "client_id": "c",
            "refresh_token": "r-first",
        }
    )
    await endpoints.vault.put(endpoints.harness.people["olivia"], "saas", credential)
    endpoints.api.tokens = [
        (200, {"access_token": "token-1", "expires_in": 60, "refresh_token": "r-second"}),
        (200, {"access_token": "token-2", "expires_in": 60}),
    ]
    await endpoints.send()
    endpoints.harness.clock.advance(seconds=60)
    await endpoints.send()
    endpoints.harness.clock.advance(seconds=60)
    await endpoints.send()
    assert [each.body.partition("refresh_token=")[2].partition("&")[0] for each in endpoints.api.token_requests] == [
        "r-first", "r-second", "r-second",
    ]  # fmt: skip


async def test_a_token_endpoint_that_refuses_is_no_passing_trouble(endpoints: Endpoints) -> None:
    await endpoints.register()
    await endpoints.vault.put(endpoints.harness.people["olivia"], "saas", oauth(endpoints))
    endpoints.api.tokens = [(401, {"error": "invalid_client"})]
    run = await endpoints.send()
    assert run.state == "failed"
    assert "“saas”: its credentials were refused" in run.outcomes[0].detail
    assert "invalid_client" in run.outcomes[0].detail
    assert not endpoints.api.of("POST")


async def test_a_token_endpoint_that_is_down_is_tried_again(endpoints: Endpoints) -> None:
    await endpoints.register()
    await endpoints.vault.put(endpoints.harness.people["olivia"], "saas", oauth(endpoints))
    endpoints.api.tokens = [(503, {}), (200, {"access_token": "token-1", "expires_in": 60})]
    run = await endpoints.send()
    assert run.state == "executing"
    assert (await endpoints.harness.job(run.id)).state == "succeeded"
