"""Credentials over REST: given, told of, tested and taken away, and answered nowhere."""

from __future__ import annotations

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
