"""The model points at words; what it says beyond them does not come through. The client is faked, everything else is real."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel

from agent.pipeline import Abstain, Answer, Ask, Calls, Choice, Mention, Request, Resolved, Several
from agent.resolve.client import Completion
from agent.resolve.model import ModelResolver
from registry.contract import Annotation, Derive
from registry.offer import Offer
from registry.records import Field, RecordKind, Relation
from registry.shortlist import Shortlist

T = TypeVar("T", bound=BaseModel)
NOW = datetime(2026, 11, 24, tzinfo=UTC)
TEXT = {"type": "string"}

REFUND = Offer(
    "saas.refund_invoice",
    3,
    "Refund an invoice",
    "Give the money of a paid invoice back.",
    {
        "type": "object",
        "properties": {
            "invoice_id": TEXT,
            "currency": TEXT,
            "reason": {"type": "string", "enum": ["duplicate", "fraud"]},
            "note": TEXT,
            "tags": {"type": "array", "items": TEXT},
        },
        "required": ["invoice_id"],
    },
    annotations={
        "invoice_id": Annotation(record="invoice"),
        "currency": Annotation(derive=Derive(parameter="invoice_id", field="currency")),
        "reason": Annotation(words={"duplicate": ["paid twice"]}),
    },
    examples=("refund Adam's last invoice",),
)
VOID = Offer("saas.void_invoice", 1, "Void an invoice", "Cancel an open invoice.", {"properties": {"invoice_id": TEXT}})
CUSTOMER = RecordKind("customer", "Customer", ("customer",), (Field("id", "id"), Field("name", search="name")))
INVOICE = RecordKind(
    "invoice",
    "Invoice",
    ("invoice", "invoices"),
    (Field("id", "id"), Field("number", search="number"), Field("customer_id"), Field("created", "datetime")),
    relations=(Relation("customer", "customer_id"),),
    order="created",
)


class ScriptedClient:
    """Answers what it is told to, and keeps what it was asked. None is a refusal."""

    def __init__(self, answer: Mapping[str, Any] | None) -> None:
        self.answer = answer
        self.messages: Sequence[Mapping[str, str]] = ()

    async def complete(
        self, messages: Sequence[Mapping[str, str]], shape: type[T], *, legal: str = ""
    ) -> Completion[T]:
        self.messages = messages
        text = json.dumps(self.answer)
        return Completion(
            value=None if self.answer is None else shape.model_validate_json(text),
            text=text,
            model="openai/scripted",
            mode="json_schema",
            messages=tuple(messages),
            tokens_in=100,
            tokens_out=20,
            cost="0.0001",
            duration_ms=5.0,
            attempts=1,
        )


async def resolve(
    text: str,
    answer: Mapping[str, Any] | None,
    *,
    answers: tuple[Answer, ...] = (),
    offers: Sequence[Offer] = (REFUND, VOID),
) -> tuple[Resolved, str]:
    client = ScriptedClient(answer)
    request = Request(text=text, now=NOW, answers=answers)
    resolved = await ModelResolver(client).resolve(request, Shortlist(offers), [INVOICE, CUSTOMER])
    return resolved, "\n".join(message["content"] for message in client.messages)


def call(action: str = "saas.refund_invoice", **arguments: Any) -> dict[str, Any]:
    return {"call": {"action": action, **arguments}}


async def test_words_of_the_request_become_mentions_of_the_contracts_parameters() -> None:
    resolved, _ = await resolve("refund Adam's last invoice", call(invoice="Adam's last invoice"))
    assert isinstance(resolved.resolution, Calls)
    (draft,) = resolved.resolution.drafts
    assert (draft.action, draft.version) == ("saas.refund_invoice", 3)
    mention = draft.arguments["invoice_id"]
    assert isinstance(mention, Mention)
    assert [(span.start, span.end, span.text) for span in mention.spans] == [(7, 26, "Adam's last invoice")]
    assert resolved.resolution.confidence == 1.0


async def test_a_record_is_meant_by_the_whole_phrase_though_the_model_copied_a_part() -> None:
    resolved, _ = await resolve("refund Adam's last invoice", call(invoice="last invoice"))
    assert isinstance(resolved.resolution, Calls)
    mention = resolved.resolution.drafts[0].arguments["invoice_id"]
    assert isinstance(mention, Mention)
    assert mention.text == "Adam's last invoice"


async def test_of_two_calls_neither_takes_the_words_of_the_other() -> None:
    then = [{"action": "saas.refund_invoice", "note": "double"}]
    resolved, _ = await resolve(
        "void invoice 8 and then refund the double one",
        {**call("saas.void_invoice", invoice_id="invoice 8"), "then": then},
    )
    assert isinstance(resolved.resolution, Calls)
    assert [set(draft.arguments) for draft in resolved.resolution.drafts] == [{"invoice_id"}, {"note"}]


@pytest.mark.parametrize("made_up", ["inv_8842", "INV-1042", "Eve's invoice", "11111111-2222-3333-4444-555555555555"])
async def test_an_id_or_name_nobody_typed_is_dropped_and_noted(made_up: str) -> None:
    resolved, _ = await resolve("refund Adam's last invoice", call(invoice=made_up, note="Adam"))
    assert isinstance(resolved.resolution, Calls)
    assert set(resolved.resolution.drafts[0].arguments) == {"note"}
    assert resolved.resolution.confidence == 0.5
    assert any("invoice_id" in note for note in resolved.trace.notes)
    assert made_up not in resolved.resolution.model_dump_json()


async def test_a_choice_needs_words_to_be_made_by() -> None:
    spoken, _ = await resolve(
        "refund Adam's invoice, he paid twice", call(invoice="Adam's invoice", reason="duplicate")
    )
    assert isinstance(spoken.resolution, Calls)
    choice = spoken.resolution.drafts[0].arguments["reason"]
    assert isinstance(choice, Choice)
    assert choice.value == "duplicate"
    assert choice.spans[0].text == "paid twice"
    unspoken, _ = await resolve("refund Adam's invoice", call(invoice="Adam's invoice", reason="fraud"))
    assert isinstance(unspoken.resolution, Calls)
    assert "reason" not in unspoken.resolution.drafts[0].arguments


async def test_items_nobody_typed_leave_a_list() -> None:
    resolved, _ = await resolve(
        "tag the refund of invoice 7 late and odd", call(invoice="invoice 7", tags=["late", "odd", "vip"])
    )
    assert isinstance(resolved.resolution, Calls)
    several = resolved.resolution.drafts[0].arguments["tags"]
    assert isinstance(several, Several)
    assert [item.spans[0].text for item in several.items] == ["late", "odd"]


async def test_none_abstains_and_names_what_comes_near() -> None:
    resolved, _ = await resolve("refund my flight", {"call": {"action": "none"}})
    assert isinstance(resolved.resolution, Abstain)
    assert resolved.resolution.reason == "nothing_fits"
    assert resolved.resolution.nearest[0] == "saas.refund_invoice"


async def test_ask_asks_which_action_with_the_contracts_own_words() -> None:
    resolved, _ = await resolve(
        "undo Adam's invoice", call("ask", between=["saas.refund_invoice", "saas.void_invoice"])
    )
    assert isinstance(resolved.resolution, Ask)
    question = resolved.resolution.question
    assert (question.slot, question.code) == ("action", "unclear_action")
    assert [each.id for each in question.candidates] == ["saas.refund_invoice", "saas.void_invoice"]


async def test_a_picked_action_is_the_only_one_offered_after_that() -> None:
    picked = (Answer(slot="action", choice="saas.void_invoice", label="Void an invoice"),)
    resolved, prompt = await resolve(
        "undo Adam's invoice", call("saas.void_invoice", invoice_id="Adam's invoice"), answers=picked
    )
    assert isinstance(resolved.resolution, Calls)
    assert "saas.refund_invoice" not in prompt
    assert resolved.trace.shortlist == ("saas.void_invoice",)


async def test_a_model_can_not_talk_a_person_out_of_the_action_they_picked() -> None:
    picked = (Answer(slot="action", choice="saas.void_invoice", label="Void an invoice"),)
    resolved, _ = await resolve("undo Adam's invoice", call("none"), answers=picked)
    assert isinstance(resolved.resolution, Calls)
    assert [draft.action for draft in resolved.resolution.drafts] == ["saas.void_invoice"]


async def test_words_given_to_two_parameters_stay_with_the_one_they_fit() -> None:
    offer = Offer(
        "hotels.search",
        1,
        "Find hotels",
        "Find hotels in a city.",
        {
            "properties": {
                "rooms": {"type": "integer", "description": "The number of rooms."},
                "stars": {"type": "integer", "description": "The star rating."},
            },
        },
    )
    resolved, _ = await resolve("a hotel with 2 rooms", call("hotels.search", rooms="2", stars="2"), offers=[offer])
    assert isinstance(resolved.resolution, Calls)
    assert set(resolved.resolution.drafts[0].arguments) == {"rooms"}


async def test_a_converted_value_leads_back_to_the_words_it_was_converted_from() -> None:
    offer = Offer(
        "bookings.add", 1, "Book", "Book a table.", {"properties": {"day": {"type": "string", "format": "date"}}}
    )
    resolved, _ = await resolve("book a table on 14 April 2027", call("bookings.add", day="2027-04-14"), offers=[offer])
    assert isinstance(resolved.resolution, Calls)
    mention = resolved.resolution.drafts[0].arguments["day"]
    assert isinstance(mention, Mention)
    assert mention.text == "14 April 2027"
    other, _ = await resolve("book a table on 14 April 2027", call("bookings.add", day="2027-05-14"), offers=[offer])
    assert isinstance(other.resolution, Calls)
    assert "2027-05-14" not in other.resolution.model_dump_json()


async def test_what_a_contract_requires_and_the_model_left_out_is_read_without_it() -> None:
    offer = Offer(
        "mail.send",
        1,
        "Send mail",
        "Send a mail.",
        {"properties": {"to": {"type": "string", "format": "email"}}, "required": ["to"]},
    )
    resolved, _ = await resolve("send a mail to eve@example.com", call("mail.send"), offers=[offer])
    assert isinstance(resolved.resolution, Calls)
    mention = resolved.resolution.drafts[0].arguments["to"]
    assert isinstance(mention, Mention)
    assert mention.text == "eve@example.com"
    assert any("without the model" in note for note in resolved.trace.notes)


async def test_a_refusal_abstains() -> None:
    resolved, _ = await resolve("refund Adam's invoice", None)
    assert isinstance(resolved.resolution, Abstain)
    assert resolved.resolution.reason == "model_refused"


async def test_further_calls_need_a_clause_and_words_of_their_own() -> None:
    then = [
        {"action": "saas.void_invoice", "invoice_id": "invoice 8"},
        {"action": "saas.void_invoice", "invoice_id": "invoice 9"},
    ]
    resolved, _ = await resolve("refund invoice 7 and then void invoice 8", {**call(invoice="invoice 7"), "then": then})
    assert isinstance(resolved.resolution, Calls)
    assert [draft.action for draft in resolved.resolution.drafts] == ["saas.refund_invoice", "saas.void_invoice"]
    empty, _ = await resolve(
        "refund invoice 7 and then do the usual",
        {**call(invoice="invoice 7"), "then": [{"action": "saas.void_invoice"}]},
    )
    assert isinstance(empty.resolution, Ask)
    assert "do the usual" in empty.resolution.question.text
    assert len(empty.resolution.drafts) == 1


async def test_typed_answers_are_part_of_the_words_and_picked_records_never_reach_the_model() -> None:
    answers = (
        Answer(slot="0.invoice_id/customer", choice="cus_77", label="Adam Secretson"),
        Answer(slot="0.invoice_id", text="number 7"),
    )
    resolved, prompt = await resolve("refund Adam's invoice", call(invoice="number 7"), answers=answers)
    assert isinstance(resolved.resolution, Calls)
    mention = resolved.resolution.drafts[0].arguments["invoice_id"]
    assert isinstance(mention, Mention)
    assert mention.spans[0].origin == 2
    assert "number 7" in prompt
    assert prompt.count("Later said") == 1
    assert "Secretson" not in prompt
    assert "cus_77" not in prompt


@pytest.mark.parametrize("text", ["", "  \n"])
async def test_an_empty_request_is_not_sent_to_a_model(text: str) -> None:
    resolved, prompt = await resolve(text, None)
    assert isinstance(resolved.resolution, Abstain)
    assert resolved.resolution.reason == "empty"
    assert prompt == ""
    assert resolved.trace.attempts == 0


async def test_with_nothing_offered_no_model_is_asked() -> None:
    resolved, prompt = await resolve("refund Adam", None, offers=())
    assert isinstance(resolved.resolution, Abstain)
    assert prompt == ""


async def test_the_trace_holds_what_history_needs() -> None:
    resolved, prompt = await resolve("refund Adam's last invoice", call(invoice="Adam's last invoice"))
    trace = resolved.trace
    assert trace.prompt is not None
    assert "\n".join(message["content"] for message in json.loads(trace.prompt)) == prompt
    assert json.loads(trace.response or "")["call"]["action"] == "saas.refund_invoice"
    assert trace.schema_digest is not None
    assert trace.schema_digest.startswith("sha256:")
    assert (trace.tokens_in, trace.tokens_out, trace.cost, trace.model) == (100, 20, "0.0001", "openai/scripted")
    assert set(trace.shortlist) == {"saas.refund_invoice", "saas.void_invoice"}


async def test_the_prompt_shows_no_endpoint_and_no_derived_parameter() -> None:
    _, prompt = await resolve("refund Adam's last invoice", {"call": {"action": "none"}})
    assert "which invoice" in prompt
    assert "invoice_id" not in prompt.replace("saas.void_invoice", "").split("saas.refund_invoice")[1].split("\n")[1]
    assert "currency" not in prompt


async def test_eight_contracts_fit_the_token_budget() -> None:
    offers = [
        Offer(
            f"saas.action_number_{n}",
            1,
            "An action",
            "Does one clear thing to one record of the platform, and says so in a sentence of ordinary length.",
            {
                "properties": {
                    name: {"type": "string", "description": "What it is, in a few words."}
                    for name in ("first", "second", "third")
                }
            },
            examples=("please do this to that",),
        )
        for n in range(8)
    ]
    _, prompt = await resolve("please do this", {"call": {"action": "none"}}, offers=offers)
    assert len(prompt) / 4 < 950  # four characters a token is the usual measure for English
