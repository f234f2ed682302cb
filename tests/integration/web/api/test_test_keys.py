"""Test keys over the API: closed to whatever has effects, by default; and what is open says what was a test."""

from __future__ import annotations

import pytest

from tests.integration.web.api.routes import operations, snapshot, things
from tests.integration.web.api.shop import Shop

TRIED = {
    "POST /v1/actions/run", "POST /v1/events/fire", "POST /v1/rules/{rule_id}/dry-run",
    "POST /v1/runs", "POST /v1/runs/{run_id}/answer", "POST /v1/runs/{run_id}/confirm", "POST /v1/runs/{run_id}/decide",
    "POST /v1/runs/{run_id}/edit", "POST /v1/runs/{run_id}/reject",
}  # fmt: skip
"""tests/security/test_test_mode.py proves of each that it has no effect outside."""


async def test_a_route_is_closed_to_test_keys_unless_it_has_a_test_mode(shop: Shop) -> None:
    there = await things(shop)
    before = await snapshot(shop, there)
    tester = await shop.key_of("olivia", mode="test", name="tester")
    assert {
        str(each) for each in operations(shop) if each.method != "GET" and each.requirement.open_to_tests(each.method)
    } == TRIED
    for each in operations(shop):
        if each.method != "GET" and str(each) not in TRIED:
            answer = await each.call(shop, tester, there)
            assert (answer.status_code, answer.json()["code"]) == (403, "wrong_mode"), each
    assert {**await snapshot(shop, there), "/v1/keys": ""} == {**before, "/v1/keys": ""}, "but for the key just made"


async def test_a_test_keys_event_is_over_as_soon_as_it_is_fired(shop: Shop) -> None:
    tester = await shop.key_of("olivia", mode="test")
    fired = (await shop.call("POST", "/v1/events/fire", {"event": "parcel.weighed", "data": {}}, by=tester)).json()
    assert fired["mode"] == "test"
    shown = (await shop.call("GET", f"/v1/events/{fired['id']}")).json()
    assert (shown["mode"], shown["state"], shown["reactions"]) == ("test", "done", [])
    assert shown["finished_at"] == shown["fired_at"]


@pytest.mark.parametrize("mode", ["live", "test"])
async def test_a_run_its_card_and_its_history_say_the_mode(shop: Shop, mode: str) -> None:
    key = await shop.key_of("olivia", mode="test" if mode == "test" else "live")
    body = {"action": "saas.close_ticket", "params": {"ticket_id": 5519}}
    run = (await shop.call("POST", "/v1/actions/run", body, by=key)).json()
    assert (run["mode"], run["card"]["confirm_by"]) == (mode, "anyone")
    page = (await shop.call("GET", "/v1/history", query=f"run_id={run['id']}")).json()
    assert {each["mode"] for each in page["data"]} == {mode}
    export = (await shop.call("GET", "/v1/history/export.csv", query=f"run_id={run['id']}")).text
    head, *rows = export.splitlines()
    assert "mode" in head.split(",")
    assert len(rows) == len(page["data"])
    assert all(f",{mode}," in row for row in rows)
