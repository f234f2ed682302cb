"""A rule that does nothing although nobody switched it off says so, and why: over REST and wherever people look."""

from __future__ import annotations

from typing import Any

import store.accounts.members
from tests.integration.events.reacting import made_rule
from tests.integration.web.api.shop import Shop

SPAM = {
    "name": "Spam", "event": "ticket.created", "text": "Close ticket {data.ticket_id}",
    "actions": ["saas.close_ticket", "saas.set_ticket_priority"], "mode": "on",
}  # fmt: skip


async def standing(shop: Shop, kind: str = "rules") -> dict[str, Any]:
    """The one rule or instruction: as it is listed, and the same by itself."""
    (listed,) = (await shop.call("GET", f"/v1/{kind}")).json()["data"]
    assert (await shop.call("GET", f"/v1/{kind}/{listed['id']}")).json() == listed
    there: dict[str, Any] = listed
    return there


async def test_what_acts_as_a_revoked_key_is_on_and_blocked(shop: Shop) -> None:
    rule = await made_rule(shop, by="amir")
    await shop.call("POST", "/v1/instructions", SPAM, by="amir")
    assert rule["blocked"] is None
    assert [(await standing(shop, kind))["blocked"] for kind in ("rules", "instructions")] == [None, None]
    await shop.call("DELETE", f"/v1/keys/{rule['author']['id']}")
    for kind in ("rules", "instructions"):
        there = await standing(shop, kind)
        assert there["mode"] == "on"
        assert there["blocked"].startswith("It acts as a key. The key “amir” is revoked.")


async def test_saved_by_somebody_who_may_act_it_is_blocked_no_more(shop: Shop) -> None:
    rule = await made_rule(shop, by="amir")
    await shop.call("DELETE", f"/v1/keys/{rule['author']['id']}")
    path = f"/v1/rules/{rule['id']}"
    assert (await shop.call("PATCH", path, {"mode": "shadow"})).json()["blocked"], "switching takes nothing over"
    assert (await shop.call("PATCH", path, {"note": "mine now"})).json()["blocked"] is None


async def test_what_was_switched_off_is_not_called_blocked(shop: Shop) -> None:
    rule = await made_rule(shop, by="amir", mode="off")
    await shop.call("DELETE", f"/v1/keys/{rule['author']['id']}")
    assert (await standing(shop))["blocked"] is None


async def test_a_key_whose_maker_has_another_role_now_is_named_with_its_rule(shop: Shop) -> None:
    rule = await made_rule(shop, by="amir")
    amir = shop.actors["amir"]
    async with shop.container.database.begin() as session:
        await store.accounts.members.set_role(
            session, amir.workspace, amir.id, "support", at=shop.clock(), by=shop.actors["olivia"].person
        )
    why = "The key “amir” acts as admin, and amir, who made it, is support now."
    assert why in (await standing(shop))["blocked"]
    listed = {each["id"]: each for each in (await shop.call("GET", "/v1/keys")).json()["data"]}
    key = listed.pop(rule["author"]["id"])
    assert (key["state"], key["blocked"]) == ("active", why)
    assert {each["blocked"] for each in listed.values()} == {None}


async def test_a_rule_for_an_action_that_is_gone_is_blocked(shop: Shop) -> None:
    await made_rule(shop)
    await shop.call("POST", "/v1/instructions", SPAM)
    assert (await shop.call("DELETE", "/v1/contracts/saas.set_ticket_priority")).status_code in (200, 204)
    assert (await standing(shop))["blocked"] == "No action saas.set_ticket_priority is in force."
    assert (await standing(shop, "instructions"))["blocked"] is None, "it may still close tickets"
    await shop.call("DELETE", "/v1/contracts/saas.close_ticket")
    assert (await standing(shop, "instructions"))["blocked"]


async def test_a_rule_whose_authors_role_may_not_run_it_any_more_is_blocked(shop: Shop) -> None:
    await made_rule(shop, by="sara")
    contract = (await shop.call("GET", "/v1/contracts/saas.set_ticket_priority")).json()["contract"]
    await shop.call("POST", "/v1/contracts", {"contracts": [contract | {"version": 2, "roles": ["owner"]}]})
    assert "sara set this up as support, and that role may not run" in (await standing(shop))["blocked"]
