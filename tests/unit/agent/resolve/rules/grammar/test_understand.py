"""Requests over records, understood without a model: over the demo's contracts and over an inn that nobody wrote rules
for."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import pytest

from agent.pipeline import Abstain, Ask, Proposed, Request
from agent.planning.proposal import Find, NoneResult, PlanResult, RecordArgument
from agent.resolve.rules.resolver import RuleResolver
from connectors.saas.kinds import KINDS
from registry.catalogue import Catalogue
from registry.contract import Annotation, Risk, Unit, parse
from registry.contract_file import with_base_url
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist
from registry.records import Field, RecordKind, Relation

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FILE = json.loads(resources.files("connectors.saas").joinpath("actions.json").read_text("utf-8"))
CATALOGUE = Catalogue(parse(each) for each in with_base_url(FILE, "http://platform.example")["actions"])

GUEST = RecordKind(
    name="guest",
    title="Guest",
    nouns=("guest", "guests"),
    fields=(
        Field("id", "id", "Guest id", search="number"),
        Field("name", "string", "Name", search="name"),
        Field("email", "email", "E-mail", search="email"),
    ),
)
STAY = RecordKind(
    name="stay",
    title="Stay",
    nouns=("stay", "stays", "booking", "bookings"),
    fields=(
        Field("number", "string", "Number", search="number"),
        Field("guest_id", "id", "Guest id"),
        Field("board", "enum", "Board", values=("none", "breakfast", "half_board")),
        Field("arrives_on", "date", "Arrives"),
    ),
    id_field="number",
    relations=(Relation("guest", "guest_id"),),
    order="arrives_on",
)


def action(name: str, title: str, properties: dict[str, Any], annotations: dict[str, Annotation], **more: Any) -> Offer:
    return Offer(
        name=f"inn.{name}",
        version=1,
        title=title,
        description=title + ".",
        parameters={"type": "object", "properties": properties, "required": list(properties)},
        annotations=annotations,
        **more,
    )


WHICH = {"stay": {"type": "string"}}
OF_STAY = {"stay": Annotation(record="stay")}
INN = Shortlist(
    [
        action("cancel_stay", "Cancel a stay", WHICH, OF_STAY, risk=Risk.IRREVERSIBLE, aliases=("call a stay off",)),
        action(
            "extend_stay",
            "Extend a stay",
            {**WHICH, "nights": {"type": "integer"}},
            {**OF_STAY, "nights": Annotation(unit=Unit.DAYS)},
            aliases=("more nights",),
        ),
        action(
            "set_board",
            "Change the board of a stay",
            {**WHICH, "board": {"type": "string", "enum": ["none", "breakfast", "half_board"]}},
            {**OF_STAY, "board": Annotation(words={"half_board": ["half board"]})},
        ),
        action(
            "block_guest",
            "Block a guest",
            {"guest": {"type": "integer"}, "reason": {"type": "string"}},
            {"guest": Annotation(record="guest"), "reason": Annotation(label="Reason")},
            aliases=("ban",),
        ),
    ]
)


def shortlist(role: str = "owner") -> Shortlist:
    closed = CATALOGUE.closed(role, "admin")
    return Shortlist(CATALOGUE.offers(role, "admin"), role=role, closed=closed)


async def resolve(text: str, offers: Shortlist = INN, kinds: Any = (GUEST, STAY)) -> Any:
    return (await RuleResolver().resolve(Request(text=text, now=NOW), offers, kinds)).resolution


async def calls(text: str, offers: Shortlist = INN, kinds: Any = (GUEST, STAY)) -> list[str]:
    made = await resolve(text, offers, kinds)
    assert isinstance(made, Proposed), made
    assert isinstance(made.proposal.result, PlanResult), made
    assert made.proposal.left_over == (), made.proposal.left_over
    return [call.action.partition(".")[2] for call in made.proposal.result.calls]


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("cancel booking B-102", ["cancel_stay"]),
        ("B-102 cancel", ["cancel_stay"]),
        ("Lea Brandt: +1 night", ["extend_stay"]),
        ("two more nights for Lea", ["extend_stay"]),
        ("Lea would like to stay another night", ["extend_stay"]),
        ("Lea half board", ["set_board"]),
        ("could we put Marco on half board?", ["set_board"]),
        ("extend Lea by 2 nights and cancel B-104", ["extend_stay", "cancel_stay"]),
        ("Lea 2 nights, Omar Haddad 1 night", ["extend_stay", "extend_stay"]),
        ("put Lea and Marco on breakfast", ["set_board", "set_board"]),
        ("cancel B-102, no wait, B-103", ["cancel_stay"]),
        ("ban Omar Aziz for smoking in bed", ["block_guest"]),
        ("Marco just called, he can't make it, please cancel his booking", ["cancel_stay"]),
        ("kündige die buchung von Lea Brandt", ["cancel_stay"]),
        ("cancela la reserva de Marco Silva", ["cancel_stay"]),
    ],
)
async def test_requests_of_many_tones_become_calls(text: str, done: list[str]) -> None:
    assert await calls(text) == done


@pytest.mark.parametrize(
    "text",
    [
        "I already cancelled B-102",
        "don't cancel B-102",
        "order a taxi for Marco",
        "print the bill of B-102",
        "thanks!",
        "is B-102 cancelled?",
        "cancela B-102 no, nunca",
    ],
)
async def test_what_is_told_forbidden_or_unknown_is_not_done(text: str) -> None:
    assert isinstance(await resolve(text), Abstain | Ask)


async def test_a_condition_on_what_has_yet_to_happen_is_asked_about() -> None:
    made = await resolve("when Marco writes, cancel his booking")
    assert isinstance(made, Ask)
    assert made.stands


async def test_words_that_change_the_deal_are_left_over() -> None:
    for text in ("refund a part of INV-1042", "credit Nora with 3 x 5 euros"):
        made = await resolve(text, shortlist(), KINDS)
        assert isinstance(made, Proposed)
        assert made.proposal.left_over, text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Liam O'Brien was billed twice, refund the last one", {"invoice_id"}),
        ("Mia says she paid thrice, refund her last bill", {"invoice_id"}),
        ("spoke with Liam O'Brien for about an hour, give him 5 euros credit", {"customer_id", "amount"}),
        ("We talked to Liam O'Brien, poor man, and settled on giving him 5 euros credit", {"customer_id", "amount"}),
        ("give Liam O'Brien 5 euros credit, poor service", {"customer_id", "amount", "note"}),
    ],
)
async def test_how_often_or_how_long_is_no_sum_and_no_note(text: str, said: set[str]) -> None:
    made = await resolve(text, shortlist(), KINDS)
    assert isinstance(made, Proposed), made
    assert isinstance(made.proposal.result, PlanResult)
    assert [set(call.arguments) for call in made.proposal.result.calls] == [said]


async def test_a_list_spoken_of_by_them_is_all_of_it() -> None:
    text = "extend Mia and Oskar by a week and move both to pro"
    assert await calls(text, shortlist(), KINDS) == ["extend_trial", "extend_trial", "change_plan", "change_plan"]


async def test_what_another_role_may_do_is_said_to_be_theirs() -> None:
    made = await resolve("refund INV-1042", shortlist("support"), KINDS)
    assert isinstance(made, Proposed)
    assert made.proposal.result == NoneResult(reason="not allowed", action="saas.refund_invoice")


async def test_values_alone_do_not_name_what_another_role_may_do() -> None:
    assert isinstance(await resolve("Emma has called about 12 EUR on INV-1042", shortlist("support"), KINDS), Abstain)


async def test_plans_that_words_say_alike_are_handed_on_together() -> None:
    made = await resolve("void 1051", shortlist(), KINDS)
    assert isinstance(made, Proposed)
    assert len(made.instead) == 1


async def test_another_actions_own_verb_beside_the_order_is_asked_about() -> None:
    assert isinstance(await resolve("give Emma her last payment back as a credit", shortlist(), KINDS), Ask)


async def test_a_record_named_twice_in_passing_is_one_call() -> None:
    assert await calls("Nora wants to leave, cancel her subscription", shortlist(), KINDS) == ["cancel_subscription"]


async def test_either_of_two_records_is_never_both() -> None:
    assert not isinstance(await resolve("close whichever of 5446 and 5472 is quieter", shortlist(), KINDS), Proposed)


async def test_indirect_speech_is_the_message_word_for_word() -> None:
    made = await resolve("tell Chiara in her ticket the fix is live", shortlist(), KINDS)
    call = made.proposal.result.calls[0]
    assert call.arguments["message"].quote.text == "the fix is live"


async def test_whose_and_what_it_is_go_together_though_apart() -> None:
    made = await resolve("resend INV-1050 to Liam", shortlist(), KINDS)
    argument = made.proposal.result.calls[0].arguments["invoice_id"]
    assert isinstance(argument, RecordArgument)
    assert isinstance(argument.reference, Find)
    assert argument.reference.said is not None
    assert len(argument.reference.where) == 1


@pytest.mark.parametrize(
    ("text", "nearest"),
    [("draw a ticket", {"close_ticket", "reopen_ticket", "set_ticket_priority"}), ("mind the gap", set())],
)
async def test_what_comes_closest_shares_a_word_of_its_title_and_none_of_its_examples_alone(
    text: str, nearest: set[str]
) -> None:
    offers = shortlist()
    assert offers.top(text, 3), "some offer has one of these words, if only in an example"
    made = await resolve(text, offers, KINDS)
    assert isinstance(made, Abstain)
    assert {each.removeprefix("saas.") for each in made.nearest} == nearest


@pytest.mark.parametrize("text", ["give Ines 30% off", "give Ines 12 % discount", "let Ines have 7 percent less"])
async def test_a_share_is_no_records_number(text: str) -> None:
    made = await resolve(text, shortlist(), KINDS)
    quoted = json.dumps(made.model_dump(mode="json"))
    assert "assign_ticket" not in quoted
    assert '"record": "ticket"' not in quoted
    assert '"record": "agent"' not in quoted


@pytest.mark.parametrize("text", ["tickets not assigned to Priya Raman", "tickets that aren't assigned to Priya Raman"])
async def test_what_is_not_done_to_somebody_is_no_order_to_do_it(text: str) -> None:
    made = await resolve(text, shortlist(), KINDS)
    assert not (isinstance(made, Proposed) and isinstance(made.proposal.result, PlanResult)), made
    assert await calls("assign the unassigned tickets to Priya Raman", shortlist(), KINDS) == ["assign_ticket"]
