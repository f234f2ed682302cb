from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.pipeline import Abstain, Answer, Argument, Ask, Calls, Choice, Mention, Request, Resolution, list_spans
from agent.resolve.resolver import NOTHING_OPEN, choose_candidates
from agent.resolve.rules.resolver import RuleResolver
from registry.contract import Annotation, Risk, Unit
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist
from registry.records import Field, RecordKind, Relation

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CUSTOMER = RecordKind(
    "customer", "Customer", ("customer", "customers"), (Field("id", "id"), Field("name", search="name"))
)
INVOICE = RecordKind(
    "invoice",
    "Invoice",
    ("invoice", "invoices", "bill"),
    (Field("id", "id"), Field("customer_id"), Field("number", search="number"), Field("paid_at", "datetime")),
    relations=(Relation("customer", "customer_id"),),
    order="paid_at",
)
KINDS = (CUSTOMER, INVOICE)


def offer(
    name: str, title: str, description: str, properties: dict[str, Any], required: list[str], **more: Any
) -> Offer:
    return Offer(
        name, 1, title, description, {"type": "object", "properties": properties, "required": required}, **more
    )


TEXT = {"type": "string"}
REFUND = offer(
    "invoice.refund",
    "Refund an invoice",
    "Refund a paid invoice to the customer.",
    {"invoice_id": {"type": "string", "description": "The invoice to refund"}},
    ["invoice_id"],
    annotations={"invoice_id": Annotation(record="invoice")},
)
REMIND = offer(
    "invoice.remind",
    "Send a payment reminder",
    "Send a reminder to pay an open invoice.",
    {"invoice_id": {"type": "string", "description": "The invoice to remind of"}},
    ["invoice_id"],
    annotations={"invoice_id": Annotation(record="invoice")},
)
CREDIT = offer(
    "customer.credit",
    "Give a customer credit",
    "Add credit to a customer's account.",
    {
        "customer_id": {"type": "string"},
        "amount": {"type": "integer", "minimum": 1, "description": "How much credit"},
    },
    ["customer_id", "amount"],
    annotations={
        "customer_id": Annotation(record="customer"),
        "amount": Annotation(unit=Unit.MONEY_MINOR, currency="EUR"),
    },
)
TICKET = offer(
    "ticket.create",
    "Open a ticket",
    "Open a support ticket.",
    {
        "subject": {"type": "string", "description": "What the ticket is about"},
        "priority": {"type": "string", "enum": ["low", "normal", "urgent"], "default": "normal"},
    },
    ["subject"],
)
COUNT = offer("report.revenue", "Show revenue", "Show the revenue of this month.", {}, [], risk=Risk.READ)
SHORTLIST = Shortlist((REFUND, REMIND, CREDIT, TICKET, COUNT))


async def resolve(text: str, *answers: Answer) -> Resolution:
    request = Request(text=text, now=NOW, given="event", answers=answers)
    return (await RuleResolver().resolve(request, SHORTLIST, KINDS)).resolution


async def calls(text: str) -> Calls:
    resolution = await resolve(text)
    assert isinstance(resolution, Calls), resolution
    return resolution


def words(argument: Argument) -> str:
    return " ".join(span.text for span in list_spans(argument))


async def test_a_plain_order_becomes_one_call_with_its_words() -> None:
    (draft,) = (await calls("refund Adam's last invoice")).drafts
    assert draft.action == "invoice.refund"
    assert words(draft.arguments["invoice_id"]) == "Adam's last invoice"


async def test_a_mention_stands_where_it_says_in_the_request() -> None:
    text = "Please refund the latest invoice of Adam Novak, then remind of invoice INV-7"
    for draft in (await calls(text)).drafts:
        for argument in draft.arguments.values():
            for span in list_spans(argument):
                assert text[span.start : span.end] == span.text


async def test_two_orders_become_two_calls_in_order() -> None:
    drafts = (await calls("refund invoice INV-1 and send a payment reminder for invoice INV-2")).drafts
    assert [draft.action for draft in drafts] == ["invoice.refund", "invoice.remind"]
    assert "INV-1" in words(drafts[0].arguments["invoice_id"])
    assert "INV-2" in words(drafts[1].arguments["invoice_id"])


async def test_the_same_order_for_two_records_is_two_calls() -> None:
    drafts = (await calls("refund invoice INV-1 and refund invoice INV-2")).drafts
    assert [words(draft.arguments["invoice_id"]) for draft in drafts] == ["invoice INV-1", "invoice INV-2"]


async def test_different_parameters_get_different_words() -> None:
    (draft,) = (await calls("give customer Adam Novak 20 euros credit")).drafts
    assert "Adam Novak" in words(draft.arguments["customer_id"])
    assert words(draft.arguments["amount"]) == "20 euros"


async def test_a_closed_set_gets_its_member_and_the_words_it_was_chosen_by() -> None:
    (draft,) = (await calls("open an urgent ticket about 'printer on fire'")).drafts
    chosen = draft.arguments["priority"]
    assert isinstance(chosen, Choice)
    assert (chosen.value, words(chosen)) == ("urgent", "urgent")
    assert isinstance(draft.arguments["subject"], Mention)


async def test_what_was_not_said_is_left_out() -> None:
    (draft,) = (await calls("give Adam Novak credit")).drafts
    assert "amount" not in draft.arguments


@pytest.mark.parametrize(
    "text",
    [
        "what's the weather in Prague?",
        "tell me a joke about elephants",
        "thanks, that was very kind",
        "don't refund Adam's last invoice",
        "how do refunds work?",
        "Should I refund the last invoice?",
        "has Adam's last invoice been refunded?",
        "was INV-7 refunded",
        "did somebody open an urgent ticket about 'printer on fire'?",
        "how many invoices are open",
    ],
)
async def test_what_no_action_does_and_what_is_no_order_is_not_acted_on(text: str) -> None:
    assert not isinstance(await resolve(text), Calls)


@pytest.mark.parametrize("text", ["we don't want Adam's invoice reminder", "please never refund Adam's last invoice"])
async def test_a_denied_order_is_answered_in_its_own_words(text: str) -> None:
    resolution = await resolve(text)
    assert isinstance(resolution, Abstain)
    assert resolution.detail == f"You wrote ‘{text}’, so nothing was done."


async def test_a_question_is_answered_by_an_action_that_reads() -> None:
    (draft,) = (await calls("what was the revenue of this month?")).drafts
    assert draft.action == "report.revenue"


@pytest.mark.parametrize("text", ["", "   ", "?!", "\n"])
async def test_nothing_said_is_nothing_asked(text: str) -> None:
    resolution = await resolve(text)
    assert isinstance(resolution, Abstain)
    assert resolution.reason == "empty"


async def test_an_order_under_a_condition_is_asked_about_not_done() -> None:
    resolution = await resolve("refund invoice INV-1 if it was paid twice")
    assert isinstance(resolution, Ask)
    assert [each.id for each in resolution.question.candidates] == ["invoice.refund"]


async def test_two_actions_that_fit_alike_are_asked_between() -> None:
    one = offer("left.archive", "Archive a file", "Archive a file.", {"name": TEXT}, ["name"])
    other = offer("right.archive", "Archive a file", "Archive a file.", {"name": TEXT}, ["name"])
    request = Request(text="archive the file 'plans'", now=NOW, given="event")
    resolution = (await RuleResolver().resolve(request, Shortlist((one, other)), ())).resolution
    assert isinstance(resolution, Ask)
    assert {each.id for each in resolution.question.candidates} == {"left.archive", "right.archive"}


async def test_a_wish_for_a_thing_that_orders_nothing_proposes_to_look_it_up_first() -> None:
    search = offer("hotel.find", "Find a hotel", "Find a hotel at a place.", {"city": TEXT}, ["city"], risk=Risk.READ)
    book = offer("hotel.reserve", "Reserve a hotel", "Reserve a hotel room.", {"hotel": TEXT}, ["hotel"])

    async def named(text: str) -> str:
        made = (
            await RuleResolver().resolve(Request(text=text, now=NOW, given="event"), Shortlist((book, search)), ())
        ).resolution
        assert isinstance(made, Ask | Calls), made
        return made.drafts[0].action

    assert await named("I need a hotel") == "hotel.find"
    assert await named("reserve a hotel room") == "hotel.reserve"


async def test_the_action_a_person_picked_is_taken() -> None:
    resolution = await resolve("do something with invoice INV-1", Answer(slot="action", choice="invoice.remind"))
    assert isinstance(resolution, Calls)
    assert resolution.drafts[0].action == "invoice.remind"
    assert words(resolution.drafts[0].arguments["invoice_id"]) == "invoice INV-1"


async def test_an_action_that_is_not_offered_can_not_be_picked() -> None:
    resolution = await resolve("zebra", Answer(slot="action", choice="system.erase"))
    assert not isinstance(resolution, Calls)


async def test_what_must_not_be_done_is_left_out_of_a_plan() -> None:
    drafts = (await calls("refund invoice INV-1. Don't send a payment reminder for invoice INV-2")).drafts
    assert [draft.action for draft in drafts] == ["invoice.refund"]


async def test_an_order_that_nothing_carries_out_is_not_dropped_in_silence() -> None:
    resolution = await resolve("refund invoice INV-1 and send flowers to his mother")
    assert isinstance(resolution, Ask)
    assert "send flowers to his mother" in resolution.question.text


async def test_a_verb_the_action_knows_nothing_of_is_asked_about() -> None:
    resolution = await resolve("delete the ticket 'printer on fire'")
    assert not isinstance(resolution, Calls)


async def test_a_phrase_that_tells_which_record_wins_over_the_mere_noun() -> None:
    (draft,) = (await calls("give the customer ada@example.com 20 euros credit")).drafts
    assert "ada@example.com" in words(draft.arguments["customer_id"])


async def test_the_same_words_get_the_same_answer() -> None:
    text = "refund Adam's last invoice and open a ticket about 'double payment'"
    assert await resolve(text) == await resolve(text)


async def test_the_trace_says_why_and_what_was_considered() -> None:
    request = Request(text="refund invoice INV-1", now=NOW, given="event")
    ticks = iter([1.0, 1.5])
    trace = (await RuleResolver(lambda: next(ticks)).resolve(request, SHORTLIST, KINDS)).trace
    assert trace.resolver == "offline"
    assert trace.duration_ms == 500.0
    assert "invoice.refund" in trace.shortlist
    assert any("invoice.refund" in note for note in trace.notes)


async def test_with_nothing_offered_nothing_is_done() -> None:
    request = Request(text="refund invoice INV-1", now=NOW, given="event")
    assert isinstance((await RuleResolver().resolve(request, Shortlist(()), KINDS)).resolution, Abstain)


async def test_where_no_action_is_open_at_all_that_is_what_is_said() -> None:
    request = Request(text="refund the last invoice", now=NOW)
    resolution = (await RuleResolver().resolve(request, Shortlist(()), ())).resolution
    assert isinstance(resolution, Abstain)
    assert resolution.detail == NOTHING_OPEN


def test_candidates_of_a_small_set_are_all_of_it_best_first() -> None:
    found = choose_candidates(Request(text="refund it", now=NOW), SHORTLIST)
    assert found[0].offer.name == "invoice.refund"
    assert {each.offer.name for each in found} == {each.name for each in SHORTLIST.offers}


def test_the_picked_action_is_the_first_candidate() -> None:
    request = Request(text="refund it", now=NOW, answers=(Answer(slot="action", choice="ticket.create"),))
    assert choose_candidates(request, SHORTLIST)[0].offer.name == "ticket.create"


@given(st.text(max_size=60))
async def test_whatever_is_typed_only_offered_actions_and_typed_words_come_out(text: str) -> None:
    resolution = await resolve(text)
    if isinstance(resolution, Abstain):
        return
    for draft in resolution.drafts:
        assert draft.action in SHORTLIST
        for argument in draft.arguments.values():
            assert all(text[span.start : span.end] == span.text for span in list_spans(argument))


async def test_a_state_of_the_ones_that_were_named_narrows_them_down() -> None:
    kind = replace(INVOICE, states={"overdue": {"status": ("overdue",)}})
    text = "I have been through all of Adam's invoices. Can you refund the ones that are overdue?"
    made = (
        await RuleResolver().resolve(Request(text=text, now=NOW, given="event"), SHORTLIST, (CUSTOMER, kind))
    ).resolution
    assert not isinstance(made, Abstain)
    said = words(made.drafts[0].arguments["invoice_id"])
    assert "all of Adam's invoices" in said
    assert "the ones that are overdue" in said
