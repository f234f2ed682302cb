"""Orders of a ferry desk: whose and where a record is, orders put as questions, and names of several words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from agent.pipeline import Proposed, Request
from agent.planning.proposal import AnswerResult, BelongsTo, Find, PlanResult, RecordArgument
from agent.resolve.rules.resolver import RuleResolver
from registry.contract import Annotation
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist
from registry.records import Field, RecordKind, Relation

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NAME = Field("name", search="name")
PASSENGER = RecordKind("passenger", "Passenger", ("passenger", "passengers"), (
    Field("id", "id"), NAME, Field("email", "email", search="email")))  # fmt: skip
CROSSING = RecordKind("crossing", "Crossing", ("crossing", "crossings"), (Field("id", "id"), NAME))
CABIN = RecordKind(
    "cabin", "Cabin", ("cabin", "cabins", "berth", "berths"), (Field("id", "id"), NAME, Field("crossing", "id")),
    relations=(Relation("crossing", "crossing"),),
)  # fmt: skip
BOOKING = RecordKind(
    "booking", "Booking", ("booking", "bookings"),
    (Field("id", "id", search="name"), NAME, Field("passenger", "id"), Field("crossing", "id")),
    relations=(Relation("passenger", "passenger"), Relation("crossing", "crossing")),
)  # fmt: skip
TEXT: dict[str, Any] = {"type": "string"}


def offer(name: str, title: str, record: str, *aliases: str, **more: Any) -> Offer:
    properties = {record: TEXT, **more}
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    notes = {record: Annotation(record=record)}
    return Offer(f"ferry.{name}", 1, title, f"{title}.", parameters, annotations=notes, aliases=aliases)


DESK = Shortlist(
    (
        offer("void_booking", "Void a booking", "booking", "void"),
        offer("mail_passes", "Mail the passes of a booking again", "booking", "resend", "resend berths"),
        offer("prolong_booking", "Prolong a booking", "booking", "prolong", "give until", until={
            "type": "string", "format": "date"}),
        offer("close_cabin", "Close a cabin", "cabin", "close", "shut"),
    )
)  # fmt: skip


async def find_of(text: str) -> tuple[str, Find]:
    """The action that is called, and the record of the first reading."""
    request = Request(text=text, now=NOW)
    made = (await RuleResolver().resolve(request, DESK, (PASSENGER, CROSSING, CABIN, BOOKING))).resolution
    assert isinstance(made, Proposed), made
    assert isinstance(made.proposal.result, PlanResult), made
    (call,) = made.proposal.result.calls
    (argument,) = (each for each in call.arguments.values() if isinstance(each, RecordArgument))
    assert isinstance(argument.reference, Find)
    return call.action, argument.reference


def owner_of(find: Find) -> str | None:
    owners = [each.owner for each in find.where if isinstance(each, BelongsTo)]
    return owners[0].said.text if owners and isinstance(owners[0], Find) and owners[0].said is not None else None


@pytest.mark.parametrize(
    "text",
    ["could you void Mia Lund's booking?", "would you please void Mia Lund's booking?", "void Mia Lund's booking"],
)
async def test_an_order_put_as_a_question_is_an_order(text: str) -> None:
    action, find = await find_of(text)
    assert (action, owner_of(find)) == ("ferry.void_booking", "Mia Lund")


async def test_what_is_only_looked_up_stays_a_question() -> None:
    request = Request(text="could you show me Mia Lund's bookings?", now=NOW)
    made = (await RuleResolver().resolve(request, DESK, (PASSENGER, CROSSING, CABIN, BOOKING))).resolution
    assert isinstance(made, Proposed)
    assert isinstance(made.proposal.result, AnswerResult)


@pytest.mark.parametrize(
    "text", ["resend Mia Lund's berths", "Resend Mia Lund's berths", "please resend Mia Lund's berths"]
)
async def test_nobody_is_called_by_a_part_of_an_owners_name(text: str) -> None:
    action, find = await find_of(text)
    assert (action, owner_of(find)) == ("ferry.mail_passes", "Mia Lund")


async def test_a_named_thing_lies_at_what_it_belongs_to() -> None:
    action, find = await find_of("close the upper berth at Night Boat")
    assert action == "ferry.close_cabin"
    assert find.said is not None
    assert (find.said.text, owner_of(find)) == ("upper", "Night Boat")


@pytest.mark.parametrize(
    "text", ["give Mia until 3 May 2027 for booking OKAPI", "give Mia until 3 May 2027 to pay booking OKAPI"]
)
async def test_a_name_beside_a_record_that_is_named_says_whose_it_is(text: str) -> None:
    action, find = await find_of(text)
    assert action == "ferry.prolong_booking"
    assert find.said is not None
    assert (find.said.text, owner_of(find)) == ("OKAPI", "Mia")
