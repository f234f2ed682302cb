"""Keys, contracts, connectors and safe data over REST."""

from __future__ import annotations

from typing import Any

import pytest

from core import canon
from core.errors import Forbidden
from core.scopes import SCOPES
from store.requests.idempotency import IdempotencyRow
from tests.integration.web.api.shop import Key, Shop
from web.idempotency import _context

CONTRACT = {
    "schema": "opsiq/contract/v1", "name": "shop.restock", "title": "Restock an article", "description": "Orders more of an article.",  # noqa: E501
    "surfaces": ["admin"], "roles": ["owner"], "examples": ["restock SKU-1", "order more of SKU-2", "get more SKU-3"],
    "parameters": {"type": "object", "additionalProperties": False, "required": ["sku"],
                   "properties": {"sku": {"type": "string", "maxLength": 40, "description": "The article."}}},
    "endpoint": {"url": "https://shop.example/opsiq/restock"},
}  # fmt: skip


async def make(shop: Shop, *scopes: str, **more: Any) -> Key:
    answer = await shop.call("POST", "/v1/keys", {"name": "made", "scopes": list(scopes), **more})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    return Key(made["key"]["id"], made["key"]["public"], made["secret"])


async def test_a_made_key_works_with_its_scopes_and_its_secret_is_never_shown_again(shop: Shop) -> None:
    key = await make(shop, "me:read", role="support")
    me = (await shop.call("GET", "/v1/me", by=key)).json()
    assert (me["role"], me["key"]["scopes"]) == ("support", ["me:read"])
    assert (await shop.call("GET", "/v1/runs", by=key)).status_code == 403
    assert key.secret not in (await shop.call("GET", "/v1/keys")).text


async def test_a_key_of_a_role_that_there_is_not_is_refused_and_the_roles_are_named(shop: Shop) -> None:
    before = (await shop.call("GET", "/v1/keys")).json()
    answer = await shop.call("POST", "/v1/keys", {"name": "made", "scopes": ["me:read"], "role": "emperor"})
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["errors"][0]["pointer"]) == (400, "invalid_request", "/role")
    assert "'emperor'" in problem["detail"]
    assert "Roles are: admin, billing, evaluator, nobody, owner, support." in problem["detail"]
    assert (await shop.call("GET", "/v1/keys")).json() == before


async def test_a_key_is_given_no_scope_that_its_role_can_never_use(shop: Shop) -> None:
    before = (await shop.call("GET", "/v1/keys")).json()
    wanted = {"name": "made", "scopes": ["contracts:write", "history:read", "me:read"], "role": "admin"}
    answer = await shop.call("POST", "/v1/keys", wanted)
    assert answer.status_code == 400
    assert answer.json()["detail"] == (
        "Only a key of the role owner can use contracts:write, history:read. Leave them out, or give the key the role "
        "owner instead of admin."
    )
    assert (await shop.call("GET", "/v1/keys")).json() == before


async def test_a_secret_is_shown_once_and_a_retry_is_told_so(shop: Shop) -> None:
    body = {"name": "made", "scopes": ["me:read"]}
    first = await shop.call("POST", "/v1/keys", body, idempotency_key="k")
    again = await shop.call("POST", "/v1/keys", body, idempotency_key="k")
    told = again.json()
    assert (again.status_code, told["code"], told["retryable"]) == (409, "secret_shown_once", False)
    assert again.headers["idempotency-replayed"] == "true"
    assert told["answer"] == {**first.json(), "secret": None}
    async with shop.container.database.read() as session:
        kept = (await session.execute(IdempotencyRow.__table__.select())).mappings().all()
    opened = [shop.container.box.open(row["body"], context=_context(IdempotencyRow(**row))).decode() for row in kept]
    assert len(opened) == 1
    assert first.json()["secret"] not in opened[0]
    names = [each["name"] for each in (await shop.call("GET", "/v1/keys")).json()["data"]]
    assert names.count("made") == 1


async def test_both_secrets_sign_for_a_day_after_a_rotation(shop: Shop) -> None:
    old = await make(shop, "me:read")
    answer = await shop.call("POST", f"/v1/keys/{old.id}/rotate")
    fresh = Key(old.id, old.public, answer.json()["secret"])
    assert [(await shop.call("GET", "/v1/me", by=key)).status_code for key in (old, fresh)] == [200, 200]
    shop.clock.advance(hours=24, seconds=1)
    assert [(await shop.call("GET", "/v1/me", by=key)).status_code for key in (old, fresh)] == [401, 200]


async def test_a_revoked_key_signs_nothing_from_that_moment(shop: Shop) -> None:
    key = await make(shop, "me:read")
    answer = await shop.call("DELETE", f"/v1/keys/{key.id}")
    assert answer.json()["state"] == "revoked"
    assert (await shop.call("GET", "/v1/me", by=key)).status_code == 401


async def test_a_key_can_neither_give_nor_take_over_scopes_that_it_lacks(shop: Shop) -> None:
    small = await make(shop, "keys:read", "keys:write")
    given = await shop.call("POST", "/v1/keys", {"name": "big", "scopes": ["actions:run"]}, by=small)
    taken = await shop.call("POST", f"/v1/keys/{shop.keys['olivia'].id}/rotate", by=small)
    assert (given.status_code, taken.status_code) == (403, 403)


async def test_nobody_takes_over_a_key_that_acts_for_somebody_else(shop: Shop) -> None:
    """Its new secret would let them answer and edit as that person. An owner may end it."""
    amirs = shop.keys["amir"].id
    taken = await shop.call("POST", f"/v1/keys/{amirs}/rotate")
    assert (taken.status_code, "sk_" in taken.text) == (403, False)
    with pytest.raises(Forbidden):
        await shop.container.key_admin.rotate_key(shop.actors["olivia"], amirs, within=SCOPES)
    assert (await shop.call("GET", "/v1/me", by="amir")).status_code == 200
    assert (await shop.call("DELETE", f"/v1/keys/{amirs}")).status_code == 200
    assert (await shop.call("GET", "/v1/me", by="amir")).status_code == 401


async def test_every_act_on_a_key_is_in_history_without_a_secret(shop: Shop) -> None:
    key = await make(shop, "me:read")
    await shop.call("POST", f"/v1/keys/{key.id}/rotate")
    await shop.call("DELETE", f"/v1/keys/{key.id}")
    page = await shop.call("GET", "/v1/history", query="limit=3")
    assert [entry["kind"] for entry in page.json()["data"]] == ["key_revoked", "key_rotated", "key_created"]
    assert "sk_" not in page.text


async def test_a_registered_contract_is_signed_listed_offered_and_retired(shop: Shop) -> None:
    answer = await shop.call("POST", "/v1/contracts", {"contracts": [CONTRACT]})
    assert answer.status_code == 201, answer.text
    (made,) = answer.json()["data"]
    assert (made["fresh"], made["secret"][:6]) == (True, "whsec_")
    found = (await shop.call("GET", "/v1/contracts/shop.restock")).json()
    assert found["signature"] == {"verified": True, "why": None}
    assert canon.digest(found["contract"]) == found["digest"]
    assert (
        await shop.call("POST", "/v1/actions/run", {"action": "shop.restock", "params": {"sku": "A"}})
    ).status_code == 202
    assert (await shop.call("GET", "/v1/contracts/shop.restock", by="sara")).status_code == 404, (
        "not offered to her role"
    )
    assert (await shop.call("DELETE", "/v1/contracts/shop.restock")).json()["state"] == "retired"
    gone = await shop.call("POST", "/v1/actions/run", {"action": "shop.restock", "params": {"sku": "A"}})
    assert gone.status_code == 404
    history = (await shop.call("GET", "/v1/contracts/shop.restock/versions")).json()["data"]
    assert [(each["version"], each["state"]) for each in history] == [(1, "retired")]


async def test_a_contract_whose_upstream_changed_is_listed_and_suspended(shop: Shop) -> None:
    digest = "sha256:" + 64 * "a"
    pinned = {
        **CONTRACT,
        "schema": "opsiq/contract/v2",
        "name": "shop.order",
        "endpoint": {
            "type": "http", "connection": "shop", "method": "POST", "url": "/orders",
            "body": {"type": "json", "fields": {"/sku": {"parameter": "sku"}}},
        },
        "upstream": {"document": digest, "operation": "POST /orders", "schema_digest": digest},
    }  # fmt: skip
    assert (await shop.call("POST", "/v1/contracts", {"contracts": [pinned, CONTRACT]})).status_code == 201
    listed = (await shop.call("GET", "/v1/contracts/upstreams")).json()["data"]
    assert [each["name"] for each in listed] == ["shop.order"]
    assert listed[0]["upstream"]["operation"] == "POST /orders"
    reason = {"operation": "POST /orders", "change": "removed", "details": ["it is gone"]}
    wrong = await shop.call("POST", "/v1/contracts/shop.order/suspend", {"version": 2, "reason": reason})
    assert wrong.status_code == 404
    answer = await shop.call("POST", "/v1/contracts/shop.order/suspend", {"version": 1, "reason": reason})
    assert answer.json() == {"name": "shop.order", "version": 1, "state": "suspended"}
    asked = await shop.call("POST", "/v1/actions/run", {"action": "shop.order", "params": {"sku": "A"}})
    assert asked.status_code == 404, "a suspended contract is offered to nobody"
    assert (await shop.call("GET", "/v1/contracts/upstreams")).json()["data"] == []
    history = (await shop.call("GET", "/v1/contracts/shop.order/versions")).json()["data"]
    assert [each["state"] for each in history] == ["suspended"]
    assert (await shop.call("DELETE", "/v1/contracts/shop.order")).json()["state"] == "retired"


async def test_what_is_wrong_with_a_contract_is_told_by_its_place(shop: Shop) -> None:
    bad = {**CONTRACT, "name": "nodots", "confirmation": {"policy": "when"}}
    answer = await shop.call("POST", "/v1/contracts", {"contracts": [CONTRACT, bad]})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_contract")
    assert any(each["pointer"].startswith("/contracts/1") for each in answer.json()["errors"])
    assert (await shop.call("GET", "/v1/contracts/shop.restock")).status_code == 404, "all of them or none"


async def test_a_role_sees_the_contracts_it_may_run_and_no_others(shop: Shop) -> None:
    names = {each["name"] for each in (await shop.call("GET", "/v1/contracts", by="sara")).json()["data"]}
    assert "saas.send_kb_link" in names
    assert "saas.refund_invoice" not in names
    assert (await shop.call("GET", "/v1/contracts", by="nell")).json()["data"] == []


async def test_connectors_say_what_they_may_read_and_neither_address_nor_secret(shop: Shop) -> None:
    answer = await shop.call("GET", "/v1/connectors")
    found = {each["name"]: each for each in answer.json()["data"]}
    assert sorted(found) == ["directus", "pretix", "saas"]
    assert {(found[name]["state"], len(found[name]["kinds"])) for name in ("directus", "pretix")} == {("available", 0)}
    saas = found["saas"]
    assert (saas["state"], saas["broken"]) == ("enabled", None)
    assert {"customer", "ticket"} <= {kind["name"] for kind in saas["kinds"]}
    assert "127.0.0.1" not in answer.text
    elsewhere = (await shop.call("GET", "/v1/connectors", by="eve")).json()["data"]
    assert [(each["state"], each["kinds"]) for each in elsewhere] == [("available", [])] * 3


async def test_tickets_are_paged_without_gap_or_repeat_and_filtered_by_declared_fields(shop: Shop) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await shop.call("GET", "/v1/tickets", query=f"status=open&limit=7{cursor}")).json()
        seen += [each["id"] for each in page["data"]]
        assert {each["data"]["status"] for each in page["data"]} <= {"open"}
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == len(set(seen)) > 7
    refused = await shop.call("GET", "/v1/tickets", query="internal_notes=x")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/query/internal_notes")
    unknown = await shop.call("GET", "/v1/tickets", query="status=lost")
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (400, "/query/status")
    assert unknown.json()["detail"].startswith("status is one of open, ")
    moved = await shop.call("GET", "/v1/tickets", query=f"status=closed&limit=7{cursor or '&cursor=WzEsIngiLCJ5Il0'}")
    assert moved.status_code == 400, "a cursor belongs to its filters"


async def test_nothing_undeclared_of_a_customer_leaves(shop: Shop) -> None:
    ticket = (await shop.call("GET", "/v1/tickets", query="limit=1")).json()["data"][0]
    answer = await shop.call("GET", f"/v1/customers/{ticket['data']['customer_id']}")
    listed = (await shop.call("GET", "/v1/connectors")).json()["data"]
    (kinds,) = (each["kinds"] for each in listed if each["name"] == "saas")
    declared = next({field["name"] for field in kind["fields"]} for kind in kinds if kind["name"] == "customer")
    assert set(answer.json()["data"]) == declared
    assert (await shop.call("GET", "/v1/customers/999999999")).status_code == 404


async def test_decide_settles_only_what_is_unknown(shop: Shop) -> None:
    made = (await shop.call("POST", "/v1/runs", {"text": "close ticket 5519"})).json()
    answer = await shop.call("POST", f"/v1/runs/{made['id']}/decide", {"verdict": "happened"})
    assert (answer.status_code, answer.json()["code"]) == (409, "already_decided")


async def test_nobody_makes_a_key_of_a_role_or_a_person_that_is_not_theirs(shop: Shop) -> None:
    """Two approvals count persons: a key that counted as somebody else would make one person two."""
    support = next(actor for actor in shop.actors.values() if actor.role == "support")
    with pytest.raises(Forbidden):
        await shop.container.key_admin.create_key(support, "grown", scopes=["me:read"], role="owner")
    owner = shop.actors["olivia"]
    row, _ = await shop.container.key_admin.create_key(owner, "lent", scopes=["me:read"], role="support")
    assert row.person == owner.person
