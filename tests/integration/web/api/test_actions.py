"""POST /v1/actions/run: the same gate as for typed words."""

from __future__ import annotations

from typing import Any

import store.history.log
from store.history.log import HistoryFilters
from tests.integration.web.api.shop import Shop

LINK = {"action": "saas.send_kb_link", "params": {"ticket_id": 5519, "article": "how-to-reset-password"}}


async def kinds(shop: Shop, run_id: str) -> list[str]:
    async with shop.container.database.read() as session:
        rows = await store.history.log.page(
            session, shop.actors["olivia"].workspace, filters=HistoryFilters(run_id=run_id), limit=50
        )
    return [row.kind for row in reversed(rows)]


async def run(shop: Shop, body: Any, **more: Any) -> tuple[int, dict[str, Any]]:
    answer = await shop.call("POST", "/v1/actions/run", body, **more)
    return answer.status_code, answer.json()


async def test_a_contract_to_be_confirmed_is_held_and_every_value_says_who_gave_it(shop: Shop) -> None:
    status, made = await run(shop, LINK)
    assert (status, made["state"]) == (202, "held")
    (call,) = made["card"]["calls"]
    assert call["action"] == "saas.send_kb_link"
    sources = {each["name"]: each["source"] for each in call["params"]}
    assert sources["ticket_id"]["kind"] == "given"
    assert sources["ticket_id"]["pointer"] == "/params/ticket_id"
    assert sources["ticket_id"]["ref"] == shop.keys["olivia"].public
    assert await kinds(shop, made["id"]) == ["prompt", "held"]


async def test_the_card_of_a_given_call_is_confirmed_like_any_other(shop: Shop) -> None:
    _, made = await run(shop, LINK)
    answer = await shop.call("POST", f"/v1/runs/{made['id']}/confirm", {"digest": made["card"]["digest"]})
    assert answer.json()["state"] == "confirmed"


async def test_a_contract_that_is_never_confirmed_goes_out_at_once(shop: Shop) -> None:
    status, made = await run(shop, {"action": "saas.reopen_ticket", "params": {"ticket_id": await _closed(shop)}})
    assert (status, made["state"]) == (202, "confirmed")
    assert await kinds(shop, made["id"]) == ["prompt", "auto_confirmed"]


async def test_an_action_nobody_registered_is_404_and_leaves_no_run(shop: Shop) -> None:
    status, made = await run(shop, {"action": "saas.no_such", "params": {}})
    assert (status, made["code"]) == (404, "not_found")
    assert (await shop.call("GET", "/v1/runs")).json()["data"] == []


async def test_a_name_a_letter_off_is_told_the_near_one_that_the_caller_may_run(shop: Shop) -> None:
    near = {"action": "saas.refund_invoise", "params": {}}
    assert (await run(shop, near))[1]["detail"].endswith("Did you mean 'saas.refund_invoice'?")
    _, made = await run(shop, near, by="sara")
    assert "saas.refund_invoice" not in made["detail"], "she may not run it"


async def test_params_that_do_not_fit_are_422_with_a_pointer_each_and_history_tells_of_it(shop: Shop) -> None:
    body = {"action": "saas.extend_trial", "params": {"subscription_id": "nine", "days": 3, "surprise": 1}}
    status, made = await run(shop, body)
    assert (status, made["code"]) == (422, "invalid")
    assert [each["pointer"] for each in made["errors"]] == ["/params/surprise"]
    assert await kinds(shop, made["run_id"]) == ["prompt", "refused"]


async def test_a_role_that_may_not_run_it_is_403(shop: Shop) -> None:
    status, made = await run(shop, {"action": "saas.refund_invoice", "params": {"invoice_id": 1}}, by="sara")
    assert (status, made["code"]) == (403, "forbidden")


async def test_a_retry_with_the_same_key_gets_the_same_card_and_makes_no_second_run(shop: Shop) -> None:
    first = await shop.call("POST", "/v1/actions/run", LINK, idempotency_key="once")
    again = await shop.call("POST", "/v1/actions/run", LINK, idempotency_key="once")
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert len((await shop.call("GET", "/v1/runs")).json()["data"]) == 1


async def test_a_refusal_is_replayed_as_the_problem_it_was(shop: Shop) -> None:
    body = {"action": "saas.refund_invoice", "params": {"invoice_id": 10**9}}
    first = await shop.call("POST", "/v1/actions/run", body, idempotency_key="no")
    again = await shop.call("POST", "/v1/actions/run", body, idempotency_key="no")
    assert (again.status_code, again.json()) == (422, first.json())
    assert again.headers["content-type"] == "application/problem+json"


async def test_values_beyond_64_kib_are_refused_before_anything_is_stored(shop: Shop) -> None:
    body = {"action": "saas.reply_ticket", "params": {"ticket_id": 5519, "message": "x" * 70_000}}
    status, made = await run(shop, body)
    assert (status, made["errors"][0]["code"]) == (400, "too_large")


async def _closed(shop: Shop) -> int:
    page = (await shop.call("GET", "/v1/tickets", query="status=closed&limit=1")).json()
    number: int = page["data"][0]["data"]["id"]
    return number
