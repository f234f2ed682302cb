"""Who may not, doesn't: for every route, generated from the routes, so that a new one can't be forgotten.

Another workspace's key finds nothing, a role below the needed one and a key without the scope are forbidden, and who is
nobody is unauthenticated; and after all of it, everything that could be read is what it was.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

import store.events.events
import store.runs.runs
import store.webhooks.deliveries
import store.webhooks.endpoints
from core.errors import NotFound
from core.scopes import SCOPES
from tests.integration.web.api.routes import ABSENT, Operation, operations, read_document, snapshot, things
from tests.integration.web.api.shop import Key, Shop

EVERYBODYS: Final = frozenset({"event-types/name"})
"""What a path names that belongs to no workspace."""
PER_WORKSPACE_NUMBERS: Final = frozenset({"history/seq", "customers/customer_id"})
"""What is counted in each workspace or by each platform: the same number there is another thing."""
NAMING: Final = {
    ("POST", "/v1/webhooks/test", "endpoint"): "endpoints/endpoint_id",
    ("POST", "/v1/events/fire", "caused_by"): "events/event_id",
    ("POST", "/v1/rules/{rule_id}/dry-run", "event_id"): "events/event_id",
    ("POST", "/v1/mirrors/sync", "connector"): "connectors/name",
    ("POST", "/v1/actions/run", "action"): "contracts/name",
    ("POST", "/v1/rules", "action"): "contracts/name",
    ("PATCH", "/v1/rules/{rule_id}", "action"): "contracts/name",
    ("POST", "/v1/instructions", "actions"): "contracts/name",
    ("PATCH", "/v1/instructions/{instruction_id}", "actions"): "contracts/name",
    ("GET", "/v1/webhooks/deliveries", "endpoint"): "endpoints/endpoint_id",
    ("GET", "/v1/webhooks/deliveries", "event_id"): "events/event_id",
    ("GET", "/v1/webhooks/deliveries", "before"): "deliveries/delivery_id",
    ("GET", "/v1/events", "before"): "events/event_id",
    ("GET", "/v1/runs", "before"): "runs/run_id",
    ("GET", "/v1/runs", "thread_id"): "runs/run_id",
    ("POST", "/v1/runs", "thread_id"): "runs/run_id",
    ("GET", "/v1/rules/{rule_id}/firings", "before"): "events/event_id",
    ("GET", "/v1/instructions/{instruction_id}/firings", "before"): "events/event_id",
    ("GET", "/v1/history", "run_id"): "runs/run_id",
    ("GET", "/v1/history/export.csv", "run_id"): "runs/run_id",
    ("GET", "/v1/history/export.jsonl", "run_id"): "runs/run_id",
}
"""Query parameters and members of bodies that name a thing, and which."""
_NAMES_A_THING: Final = re.compile(r".*_id|before|caused_by|endpoint|connector|delivery|rule|run|actions?|key")
_ELSEWHERE: Final = {("GET", "/v1/history", "before"), ("POST", "/v1/connections", "connector")}
"""A number of the caller's own history, and a connector of the installation, which is no workspace's."""


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_each_thing_that_a_path_names_is_there_for_its_owner(shop: Shop) -> None:
    """Without this, a 404 below could be anybody's."""
    there = await things(shop)
    named = {name for each in operations(shop) for name in each.params}
    assert named == set(there), "add one of it to tests/integration/web/api/routes.py"
    assert len(await snapshot(shop, there)) > 20, "and each read of it answers 200"


async def test_who_is_nobody_is_401_on_every_route(shop: Shop) -> None:
    there = await things(shop)
    before = await snapshot(shop, there)
    made_up = Key("key_x", "pk_test_" + "x" * 24, "sk_test_" + "x" * 43)
    anothers = replace(shop.keys["olivia"], secret=shop.keys["eve"].secret)
    revoked = await shop.key_of("olivia", name="revoked")
    await shop.container.key_admin.revoke_key(shop.actors["olivia"], revoked.id)
    for each in operations(shop):
        unsigned = await shop.http.request(each.method, each.at(there), json=each.body)
        assert code(unsigned) == (401, "invalid_signature"), each
        bearer = await each.call(
            shop, "olivia", there, headers={"Authorization": f"Bearer {shop.keys['olivia'].secret}"}
        )
        assert code(bearer) == (401, "invalid_signature"), each
        for key in (made_up, anothers, revoked):
            assert code(await each.call(shop, key, there)) == (401, "invalid_signature"), (str(each), key)
    assert {**await snapshot(shop, there), "/v1/keys": ""} == {**before, "/v1/keys": ""}, "but for the revoked key"


async def test_a_key_without_the_scope_is_403_on_every_route(shop: Shop) -> None:
    there = await things(shop)
    before = await snapshot(shop, there)
    assert {each.requirement.scope for each in operations(shop)} == set(SCOPES)
    for scope in SCOPES:
        key = await shop.key_of("olivia", scopes=[one for one in SCOPES if one != scope])
        for each in operations(shop):
            if each.requirement.scope == scope:
                assert code(await each.call(shop, key, there)) == (403, "forbidden"), each
    assert {**await snapshot(shop, there), "/v1/keys": ""} == {**before, "/v1/keys": ""}, "but for the keys just made"


async def test_a_role_below_owner_is_403_on_every_route_of_owners(shop: Shop) -> None:
    there = await things(shop)
    before = await snapshot(shop, there)
    of_owners = [each for each in operations(shop) if each.requirement.owner]
    governed = {"keys:read", "keys:write", "contracts:write", "connectors:write", "history:read"}
    for each in operations(shop):
        assert each.requirement.owner or each.requirement.scope not in governed, (
            f"{each} governs, and every role may call it"
        )
    for each in of_owners:
        for person in ("amir", "sara", "nell"):
            assert code(await each.call(shop, person, there)) == (403, "forbidden"), (str(each), person)
    assert await snapshot(shop, there) == before


async def test_a_members_key_of_another_role_than_owner_can_not_be_made_an_owners(shop: Shop) -> None:
    for person in ("amir", "sara"):
        answer = await shop.call("POST", "/v1/keys", {"name": "up", "scopes": ["me:read"], "role": "owner"}, by=person)
        assert answer.status_code == 403, person


async def test_another_workspaces_key_finds_nothing_by_any_path(shop: Shop) -> None:
    """With the very ids of olivia's things, and word for word as with ids that nobody has."""
    there = await things(shop)
    before = await snapshot(shop, there)
    for each in operations(shop):
        if not each.params or set(each.params) <= EVERYBODYS | PER_WORKSPACE_NUMBERS:
            continue
        foreign, absent = await each.call(shop, "eve", there), await each.call(shop, "eve", {})
        assert code(foreign) == (404, "not_found"), (str(each), foreign.text)
        assert code(absent) == (404, "not_found"), (str(each), absent.text)
        for id_ in (ABSENT, *there.values()):
            assert id_ not in foreign.json()["detail"] or id_ in each.at(there), (
                "an answer tells no id that was not asked for"
            )
    assert await snapshot(shop, there) == before


async def test_numbers_that_each_workspace_has_of_its_own_are_its_own(shop: Shop) -> None:
    there = await things(shop)
    mine = await shop.call("GET", "/v1/history/1")
    hers = await shop.call("GET", "/v1/history/1", by="eve")
    assert mine.json()["id"] != hers.json()["id"]
    assert (await shop.call("GET", f"/v1/customers/{there['customers/customer_id']}")).status_code == 200
    answer = await shop.call("GET", f"/v1/customers/{there['customers/customer_id']}", by="eve")
    assert code(answer) == (404, "not_found")


def test_every_query_and_body_member_that_names_a_thing_is_known() -> None:
    found = set()
    for path, each in read_document()["paths"].items():
        for method, operation in each.items():
            names = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            for name in [*names, *body.get("properties", ())]:
                if _NAMES_A_THING.fullmatch(name):
                    found.add((method.upper(), path, name))
    assert found - _ELSEWHERE == set(NAMING), "say in NAMING which thing it names"


async def test_another_workspaces_things_can_not_be_named_in_a_query_or_a_body(shop: Shop) -> None:
    """Whatever eve names of olivia's is to her as if it were not there: not found, refused as unknown, or an empty
    list."""
    there = await things(shop)
    hers = await _of_eve(shop)
    before = await snapshot(shop, there)
    by_path = {(each.method, each.path): each for each in operations(shop)}
    for (method, path, name), thing in NAMING.items():
        each, theirs = by_path[method, path], there[thing]
        if method == "GET":
            answer = await each.call(shop, "eve", hers, query=f"{name}={theirs}")
            assert answer.status_code in (200, 404), (str(each), answer.text)
            if path.endswith((".csv", ".jsonl")):
                assert theirs not in answer.text, (str(each), name)
            else:
                assert answer.status_code == 404 or answer.json()["data"] == [], (str(each), name, answer.text)
            continue
        body = {**each.body, name: [theirs] if name == "actions" else theirs}
        answer = await replace(each, body=body).call(shop, "eve", hers)
        assert answer.status_code in (400, 404, 422), (str(each), name, answer.text)
    assert await snapshot(shop, there) == before


async def test_lists_hold_nothing_of_another_workspace(shop: Shop) -> None:
    there = await things(shop)
    foreign = [word for name, key in shop.keys.items() if name != "eve" for word in (key.id, key.public)]
    foreign += [
        shop.actors["olivia"].workspace,
        *(each for name, each in there.items() if name not in EVERYBODYS | PER_WORKSPACE_NUMBERS | {"connectors/name"}),
    ]
    for each in operations(shop):
        if each.method == "GET" and "{" not in each.path:
            answer = await each.call(shop, "eve", {})
            assert not [word for word in foreign if word in answer.text], each


async def test_a_workspace_that_is_not_there_is_not_found_in_every_read_of_the_store(shop: Shop) -> None:
    """The rule behind it: a query takes the workspace, and another's row is as none."""
    there = await things(shop)
    async with shop.container.database.read() as session:
        for get, thing in (
            (store.runs.runs.get, "runs/run_id"),
            (store.events.events.get, "events/event_id"),
            (store.webhooks.endpoints.get, "endpoints/endpoint_id"),
            (store.webhooks.deliveries.get, "deliveries/delivery_id"),
        ):
            assert (await get(session, shop.actors["olivia"].workspace, there[thing])).id == there[thing]
            try:
                await get(session, shop.actors["eve"].workspace, there[thing])
            except NotFound:
                continue
            raise AssertionError(thing)


async def _of_eve(shop: Shop) -> dict[str, str]:
    """Things of her own, so that what she names besides them is what is refused. She has no contract, so no rule: hers
    are absent."""
    answer = await shop.call("POST", "/v1/events/fire", {"event": "parcel.weighed", "data": {}}, by="eve")
    return {"events/event_id": answer.json()["id"]}


def test_an_operation_says_what_its_path_names() -> None:
    each = Operation("GET", "/v1/contracts/{name}/versions", None, None)  # type: ignore[arg-type]
    assert each.params == ["contracts/name"]
    assert each.at({"contracts/name": "a.b"}) == "/v1/contracts/a.b/versions"
    assert each.at({}) == f"/v1/contracts/{ABSENT}/versions"
