"""Credentials over REST: given, told of, tested and taken away, and answered nowhere."""

from __future__ import annotations

import asyncio
import json

from tests.integration.executors.http.peers import Peer, answer, peer, take
from tests.integration.web.api.shop import Shop

TOKEN = "tok-3f9c81d2-very-secret"
AT = "/v1/connectors/saas/credential"


async def test_credentials_are_given_told_of_and_taken_away(shop: Shop) -> None:
    assert (await shop.call("GET", AT)).status_code == 404
    given = await shop.call("POST", AT, {"credential": {"type": "bearer", "token": TOKEN, "prefix": "Token"}})
    assert given.status_code == 200, given.text
    assert given.json()["type"] == "bearer"
    shown = await shop.call("GET", AT)
    assert shown.json()["warning"] == ""
    assert TOKEN not in given.text + shown.text
    history = await shop.call("GET", "/v1/history")
    assert "credential_set" in history.text
    assert TOKEN not in history.text
    assert (await shop.call("DELETE", AT)).status_code == 200
    assert (await shop.call("GET", AT)).status_code == 404


async def test_what_ends_soon_is_warned_of(shop: Shop) -> None:
    ends = shop.container.clock().replace(microsecond=0)
    body = {
        "credential": {"type": "bearer", "token": TOKEN},
        "expires_at": (ends.replace(year=ends.year + 1)).isoformat(),
    }
    assert (await shop.call("POST", AT, body)).json()["warning"] == ""
    past = await shop.call("POST", AT, {**body, "expires_at": "2020-01-01T00:00:00Z"})
    assert past.status_code == 400
    assert (await shop.call("POST", AT, {**body, "expires_at": "tomorrow"})).status_code == 400


async def test_faulty_credentials_are_named_by_field_and_not_repeated(shop: Shop) -> None:
    answer = await shop.call("POST", AT, {"credential": {"type": "bearer", "token": f"{TOKEN}\n", "prefx": TOKEN}})
    assert answer.status_code == 400
    assert "prefx" in answer.text
    assert TOKEN not in answer.text


async def test_a_connection_that_is_not_there_has_no_credentials(shop: Shop) -> None:
    answer = await shop.call(
        "POST", "/v1/connectors/weather/credential", {"credential": {"type": "bearer", "token": TOKEN}}
    )
    assert answer.status_code == 404
    assert (await shop.call("POST", "/v1/connectors/weather/test", {})).status_code == 404


async def test_a_test_says_what_came_of_it(shop: Shop) -> None:
    answer = await shop.call("POST", "/v1/connectors/saas/test", {"path": "/"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] in ("works", "refused", "unreachable", "trouble")
    for path in ("/../other", "/a/%2E./other", "/..%2Fother", "/..;/other", "/..%5Cother"):
        away = await shop.call("POST", "/v1/connectors/saas/test", {"path": path})
        assert (away.status_code, "stays below" in away.text) == (400, True), path


async def ticket_office(there: Peer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Lists events to whoever has its token, knows nothing else, and is in trouble at /down."""
    while True:
        asked = await take(there, reader, writer)
        path = asked.line.split()[1]
        signed_in = asked.headers.get("authorization") == f"Token {TOKEN}"
        listed = path.startswith("/api/v1/organizers/acme/events/")
        status = 500 if path == "/down" else 404 if not listed else 200 if signed_in else 401
        writer.write(answer(status, json.dumps({"results": []}).encode()))
        await writer.drain()


async def test_a_test_reads_a_list_of_the_connector_and_believes_no_other_answer(shop: Shop) -> None:
    async with peer(ticket_office) as there:
        options = {"connector": "pretix", "options": {"organizer": "acme"}}
        body = {**options, "base_url": f"http://127.0.0.1:{there.port}", "token": "tok-of-another-team"}
        assert (await shop.call("POST", "/v1/connections", body)).status_code == 201

        async def test(**more: str) -> tuple[str, str]:
            came = (await shop.call("POST", "/v1/connectors/pretix/test", more)).json()
            return came["state"], came["detail"]

        listed = "/api/v1/organizers/acme/events/?page_size=1&page=1"
        assert await test() == ("refused", f"The platform answered 401 at {listed}: the credentials were refused.")
        right = {"credential": {"type": "bearer", "token": TOKEN, "prefix": "Token"}}
        assert (await shop.call("POST", "/v1/connectors/pretix/credential", right)).status_code == 200
        assert (await test())[0] == "works"
        state, said = await test(path="/")
        assert (state, "answered 404 at /, which doesn't tell whether" in said) == ("unclear", True)
        assert (await test(path="/down"))[0] == "trouble"
