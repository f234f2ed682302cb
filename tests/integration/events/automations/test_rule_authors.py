"""Authors of rules and instructions: whose they are, and what they may do once a role has changed."""

from __future__ import annotations

from sqlalchemy import select, text

import store.accounts.members
import store.automations
import store.history.authenticity
import store.history.log
from store import rows
from store.accounts.api_keys import KeyRow
from store.accounts.members import MemberRow
from tests.integration.events.reacting import fired, made_rule, made_runs, reacted
from tests.integration.web.api.shop import Shop


async def test_nobody_makes_a_rule_for_what_they_may_not_do_themselves(shop: Shop) -> None:
    refund = {
        "name": "Refund", "event": "ticket.created", "action": "saas.refund_invoice", "mode": "on",
        "parameters": {"invoice_id": {"from": "/data/invoice_id"}},
    }  # fmt: skip
    answer = await shop.call("POST", "/v1/rules", refund, by="sara")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_nobody_rewrites_a_rule_that_acts_as_somebody_else(shop: Shop) -> None:
    rule = await made_rule(shop, by="olivia")
    answer = await shop.call("PATCH", f"/v1/rules/{rule['id']}", {"event": "*"}, by="amir")
    assert answer.status_code == 403
    assert (await shop.call("DELETE", f"/v1/rules/{rule['id']}", by="amir")).status_code == 403


async def test_an_owner_becomes_author_of_a_rule_by_rewriting_it_not_by_switching_it(
    shop: Shop,
) -> None:
    rule = await made_rule(shop, by="amir")
    path = f"/v1/rules/{rule['id']}"
    switched = (await shop.call("PATCH", path, {"mode": "off"})).json()
    assert (switched["mode"], switched["author"]["name"]) == ("off", "amir")
    rewritten = (await shop.call("PATCH", path, {"event": "ticket.*"})).json()
    assert (rewritten["event"], rewritten["author"]["name"], rewritten["mode"]) == ("ticket.*", "olivia", "off")


async def test_a_rule_whose_author_has_lost_the_role_is_refused(shop: Shop) -> None:
    actor = shop.actors["amir"]
    await made_rule(shop, by="amir")
    async with shop.container.database.begin() as session:
        await session.execute(text("UPDATE keys SET role = 'nobody' WHERE name = 'amir'"))
        await session.execute(text("UPDATE members SET role = 'nobody' WHERE id = :id"), {"id": actor.id})
        await store.history.authenticity.seal(session, shop.container.box.authenticator)  # as if OpsIQ had written that
    await fired(shop, "ticket.created", ticket_id=5519)
    await reacted(shop)
    (run,) = await made_runs(shop)
    assert run.state == "refused"
    assert run.refusal is not None
    assert run.refusal.code == "forbidden"


async def promoted_and_reserved(shop: Shop) -> None:
    """Sara becomes an owner, and closing a ticket something that only owners may do."""
    async with shop.container.database.begin() as session:
        for kind in (KeyRow, MemberRow):
            table = kind.__table__
            row = await rows.first(session, kind, select(table).where(table.c.name == "sara"))
            assert row is not None
            assert await rows.amend(session, row, {"role": "owner"})
    contract = (await shop.call("GET", "/v1/contracts/saas.close_ticket")).json()["contract"]
    answer = await shop.call("POST", "/v1/contracts", {"contracts": [contract | {"version": 2, "roles": ["owner"]}]})
    assert answer.status_code == 201, answer.text


async def test_a_rule_does_no_more_than_its_author_might_when_they_set_it_up(shop: Shop) -> None:
    rule = await made_rule(
        shop, by="sara", action="saas.close_ticket", parameters={"ticket_id": {"from": "/data/ticket_id"}}
    )
    await promoted_and_reserved(shop)
    await fired(shop, "ticket.created", ticket_id=5519)
    await reacted(shop)
    (run,) = await made_runs(shop)
    assert run.refusal is not None
    assert (run.state, run.refusal.code) == ("refused", "forbidden")
    assert run.refusal.detail.startswith("Sara set this up as support, and that role may not run “Close a ticket”.")
    switched = await shop.call("PATCH", f"/v1/rules/{rule['id']}", {"name": "Mine, as an owner"}, by="sara")
    assert switched.status_code == 200, switched.text
    await fired(shop, "ticket.created", ticket_id=5519)
    await reacted(shop)
    assert (await made_runs(shop))[0].state == "held", "saved once more, by an owner now"


async def test_an_instruction_chooses_no_more_than_its_author_might_when_they_set_it_up(shop: Shop) -> None:
    told = {
        "name": "i",
        "event": "ticket.created",
        "text": "Close ticket {data.ticket_id}",
        "actions": ["saas.close_ticket"],
    }
    answer = await shop.call("POST", "/v1/instructions", told | {"mode": "on"}, by="sara")
    assert answer.status_code == 201, answer.text
    await promoted_and_reserved(shop)
    await fired(shop, "ticket.created", ticket_id=5519)
    await reacted(shop)
    (run,) = await made_runs(shop)
    assert run.refusal is not None
    assert run.refusal.detail == "Sara may run none of the actions that “i” names; nothing was sent."


async def test_an_author_may_switch_off_but_not_on_a_rule_that_their_role_may_not_run_now(shop: Shop) -> None:
    rule = await made_rule(shop, by="sara", mode="shadow")
    contract = (await shop.call("GET", "/v1/contracts/saas.set_ticket_priority")).json()["contract"]
    await shop.call("POST", "/v1/contracts", {"contracts": [contract | {"version": 2, "roles": ["owner"]}]})
    path = f"/v1/rules/{rule['id']}"
    assert (await shop.call("PATCH", path, {"mode": "on"}, by="sara")).status_code == 403
    assert (await shop.call("PATCH", path, {"mode": "off"}, by="sara")).status_code == 200
    assert (await shop.call("DELETE", path, by="sara")).status_code == 204


async def test_a_rule_whose_author_is_gone_is_refused_in_words(shop: Shop) -> None:
    await made_rule(shop, by="amir")
    async with shop.container.database.begin() as session:
        await session.execute(
            text("UPDATE members SET state = 'disabled' WHERE id = :id"), {"id": shop.actors["amir"].id}
        )
        await store.history.authenticity.seal(session, shop.container.box.authenticator)  # as if OpsIQ had written that
    await fired(shop, "ticket.created", ticket_id=5519)
    await reacted(shop)
    (run,) = await made_runs(shop)
    assert (run.state, run.refusal and run.refusal.detail) == (
        "refused",
        "Amir may no longer act here, and this acts in their name.",
    )
