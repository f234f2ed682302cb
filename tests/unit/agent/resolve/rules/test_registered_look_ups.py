"""A platform's look-ups that are registered beside its changes take nothing from what its records and changes mean."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from agent.pipeline import (
    Abstain,
    EarlierCall,
    EarlierRecords,
    Plan,
    Proposed,
    Question,
    Refusal,
    Reply,
    Request,
    Turn,
)
from agent.planning.task import Verdict
from agent.resolve.rules.resolver import RuleResolver
from agent.workspace.context import WorkspaceContext
from evals.cases.frozen_world import FrozenWorld
from registry import contract
from registry.catalogue import Catalogue
from registry.contract import Contract
from tests.unit.own_worlds import NOW, OWNER, WORLDS, read_words

FILE: Mapping[str, Any] = json.loads((WORLDS / "garage.json").read_text("utf-8"))


def own_call(written: Mapping[str, Any], method: str = "POST", connection: str = "garage") -> Contract:
    """The contract as a call of its platform's own API."""
    values = {f"/{name}": {"parameter": name} for name in written["parameters"]["properties"]}
    sent = (
        {"query": {name.removeprefix("/"): each for name, each in values.items()}}
        if method == "GET"
        else {"body": {"type": "json", "fields": values}}
    )
    url = f"/v1/{written['name'].replace('.', '/')}"
    endpoint = {"type": "http", "connection": connection, "method": method, "url": url, **sent}
    return contract.parse({**written, "schema": "opsiq/contract/v2", "endpoint": endpoint, "idempotent": False})


def look_up(name: str, title: str, properties: Mapping[str, Any], record: str = "", connection: str = "garage") -> Any:
    """A look-up of the platform's own API, as it is drafted from a document."""
    written = {
        "name": name, "version": 1, "title": title, "description": title, "surfaces": ["admin"], "roles": ["owner"],
        "risk": "read", "confirmation": {"policy": "never"},
        "parameters": {"type": "object", "additionalProperties": False, "properties": properties,
            "required": ["id"] if record else []},
        "annotations": {"id": {"record": record}} if record else {},
    }  # fmt: skip
    return own_call(written, "GET", connection)


def list_look_ups() -> Iterator[Contract]:
    for kind in FILE["kinds"]:
        name, (one, several) = kind["name"], (kind["nouns"] * 2)[:2]
        members = {
            each["name"]: {"type": "string", "enum": each["values"]} for each in kind["fields"] if each.get("values")
        }
        text = {"type": "string", "description": "Searched for."}
        yield look_up(f"garage.{name}.list", f"List {several}", {"q": text, **members})
        yield look_up(f"garage.{name}.retrieve", f"Retrieve a {one}", {"id": {"type": "integer"}}, name)


def workspace(*more: Contract) -> WorkspaceContext:
    there = FrozenWorld(FILE)
    found = there.context(there.provider({}))
    return WorkspaceContext("own", Catalogue([*map(own_call, FILE["contracts"]), *more]), found.kinds, found.kinds)


def tell(made: Verdict) -> object:
    match made:
        case Plan():
            return [(step.action, [(each.param, each.value) for each in step.filled]) for step in made.steps]
        case Reply() | Question():
            return made.text
        case Abstain() | Refusal():
            return made.detail
    raise AssertionError(made)


TEXTS = (
    "20 eur off R-5102",
    "move 805 to the 4th of December",
    "mark the Mini Cooper's job as collected",
    "order 20 spark plugs",
    "refund Owen's cheapest invoice",
    "give the booked jobs without a mechanic to Bruno",
    'text our newest customer "welcome aboard"',
    "resend every unpaid invoice except Owen's",
    "which invoices are overdue?",
    "show Owen's jobs",
    "how many jobs are booked?",
)


@pytest.mark.parametrize("text", TEXTS)
async def test_requests_mean_the_same_with_every_look_up_registered(text: str) -> None:
    without = await read_words(text, workspace())
    assert isinstance(without, Plan | Reply | Question)
    assert tell(await read_words(text, workspace(*list_look_ups()))) == tell(without)


def list_functions() -> Iterator[Contract]:
    """A server of functions that knows no records."""
    for name in ("sun", "wind", "tide", "moon"):
        text = {"type": "string", "description": "A town."}
        yield look_up(f"sky.{name}", f"Look up the {name}", {"town": text}, connection="sky")


@pytest.mark.parametrize("text", TEXTS)
async def test_a_server_of_functions_beside_a_platform_takes_nothing_from_it(text: str) -> None:
    without = await read_words(text, workspace())
    assert tell(await read_words(text, workspace(*list_functions()))) == tell(without)


async def test_a_look_up_is_called_where_the_records_do_not_answer() -> None:
    made = await read_words("look up the tide in Dover", workspace(*list_functions()))
    assert isinstance(made, Plan)
    assert [step.action for step in made.steps] == ["sky.tide"]


async def test_an_order_to_change_something_calls_no_look_up() -> None:
    made = await read_words("add a customer, Tess Byrne from Wells", workspace(*list_look_ups()))
    assert not isinstance(made, Plan)


async def test_a_sum_for_a_platforms_own_api_is_in_its_smallest_unit() -> None:
    made = await read_words("discount R-5102 by 20 euros", workspace(*list_look_ups()))
    assert isinstance(made, Plan)
    assert [each.value for each in made.steps[0].filled if each.param == "amount"] == [2000]


@pytest.mark.parametrize("text", ["undo that", "take that back", "make it 15 euros", "the same for R-5103"])
async def test_what_continues_a_thread_is_read_as_without_look_ups(text: str) -> None:
    call = EarlierCall(
        handle="@call1",
        action="garage.discount_invoice",
        records={"invoice": "@invoice1"},
        said=("amount",),
        waits=True,
    )
    records = (EarlierRecords(handle="@invoice1", kind="invoice"),)
    before = Turn(words="20 eur off R-5102", came="…", calls=(call,), records=records)
    request = Request(text=text, now=NOW, thread=(before,))
    kept = [
        (await RuleResolver().resolve(request, there.shortlist(OWNER, "admin"), tuple(there.kinds))).resolution
        for there in (workspace(), workspace(*list_look_ups()))
    ]
    assert isinstance(kept[0], Proposed)
    assert kept[1] == kept[0]
