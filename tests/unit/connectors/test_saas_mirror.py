"""What the saas connector lets be kept, and how its states come."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.saas.kinds import CUSTOMER, KINDS
from connectors.saas.mirror import SaasMirror
from core.errors import PlatformUnavailable
from registry.connector import Event
from registry.record_cache import counted, timed
from tests.unit.connectors.fake_platform import FakePlatform

ROW = {"id": 421, "name": "Adam Novak", "status": "active", "revision": 3, "password_hash": "NEVER SHOW"}


def mirror(**answers: Any) -> SaasMirror:
    return SaasMirror(FakePlatform({f"/api/{path}": answer for path, answer in answers.items()}))


def event(name: str, data: dict[str, Any]) -> Event:
    return Event("evt_1", name, data, "2026-11-24T12:00:00Z")


def test_every_kind_may_be_kept_and_says_which_events_carry_it() -> None:
    declared = mirror().mirrored()
    assert [each.kind for each in declared] == list(KINDS)
    assert all(each.events for each in declared)


def test_an_event_of_its_webhooks_carries_a_state_of_declared_fields() -> None:
    record = {"kind": "customer", "revision": 3, "values": ROW}
    (state,) = mirror().carried(event("customer.updated", {"customer_id": 421, "record": record}))
    assert (state.kind, state.id, state.version) == ("customer", "421", counted(3))
    assert state.record is not None
    assert set(state.record.values) == {each.name for each in CUSTOMER.fields}


def test_a_deletion_is_a_state_without_a_record() -> None:
    record = {"kind": "customer", "revision": 4, "id": "421", "gone": True}
    (state,) = mirror().carried(event("customer.deleted", {"record": record}))
    assert (state.id, state.version, state.record) == ("421", counted(4), None)


@pytest.mark.parametrize(
    "record", [None, "x", {}, {"kind": "weather", "revision": 1}, {"kind": "customer", "values": ROW}]
)
def test_without_a_kind_and_a_revision_there_is_no_state(record: Any) -> None:
    assert mirror().carried(event("customer.updated", {"record": record})) == ()


def test_an_event_of_anybody_names_what_it_is_about_and_no_more() -> None:
    told = {"invoice_id": 7, "customer_id": 421, "record": {"kind": "invoice", "revision": 9, "values": {}}}
    assert mirror().named(event("invoice.paid", told)) == [("invoice", "7")]
    assert mirror().named(event("payment.failed", told)) == [("invoice", "7")]
    assert mirror().named(event("customer.updated", {"customer_id": [1]})) == []
    assert mirror().named(event("article.updated", {"slug": "how-to"})) == [("article", "how-to")]


async def test_all_of_a_kind_is_read_in_the_order_of_ids_after_the_last() -> None:
    there = mirror(customers={"items": [ROW, {**ROW, "id": 422}]})
    page = await there.page("customer", None, 2)
    assert [state.id for state in page.states] == ["421", "422"]
    assert page.cursor == "422"
    assert (await there.page("customer", None, 3)).cursor is None


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        {"items": {}},
        {"items": [{**ROW, "revision": None}]},
        {"items": [{**ROW, "revision": -1}]},
        {"items": ["x"]},
    ],
)
async def test_an_answer_in_another_shape_is_no_page(answer: Any) -> None:
    with pytest.raises(PlatformUnavailable):
        await mirror(customers=answer).page("customer", None, 50)


async def test_a_platform_that_passes_over_nothing_is_not_read_for_ever() -> None:
    with pytest.raises(PlatformUnavailable, match="read before"):
        await mirror(customers={"items": [ROW]}).page("customer", "421", 1)


async def test_one_record_as_it_is_or_that_it_is_not_there() -> None:
    there = SaasMirror(FakePlatform({"/api/customers/421": ROW, "/api/customers/5": ROW}))
    state = await there.now("customer", "421")
    assert state is not None
    assert state.version == counted(3)
    assert await there.now("customer", "9") is None
    assert await there.now("customer", "../invoices") is None
    with pytest.raises(PlatformUnavailable, match="another record"):
        await there.now("customer", "5")


def test_versions_compare_as_text() -> None:
    assert counted(9) < counted(10) < counted(2**53)
    assert timed("2026-11-24T12:00:00+01:00") < timed("2026-11-24T11:00:00.5Z")
