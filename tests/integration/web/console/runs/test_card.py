"""The card: where each value comes from, which words it lights, and who may do what with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from agent.pipeline import Answer, ParameterValue, PromptSource, RecordSnapshot, Span, Step
from agent.runs.run import Cause
from agent.runs.states import Planned
from registry.catalogue import Catalogue
from registry.contract import Contract, Risk
from registry.records import Field, Kinds, Query, Record, RecordKind
from tests.integration.web.console.console import CONTRACT
from tests.integration.web.console.samples.card import PLAN, RUN, TEXT, said
from web.console import labels
from web.console.runs import card, runs


def test_the_card_says_where_each_value_comes_from_and_lights_the_words() -> None:
    shown = card.make_card(Planned(RUN, PLAN), RUN.actor)
    amount, invoice, reason = shown.calls[0].params
    assert amount.source == "you said “20 dollars”"
    assert invoice.source == "found by “Adam's last invoice” and “Novak”, of customer Adam Novak"
    assert reason.source == "the contract's default"
    assert (reason.shown, reason.exact) == ("other‹U+202E›", '"other‹U+202E›"')
    request, answer = shown.said
    assert [(piece.text, piece.used_by) for piece in request.pieces] == [
        ("refund ", ""), ("Adam's last invoice", "v0-invoice_id"), (", ", ""), ("20 dollars", "v0-amount"),
    ]  # fmt: skip
    assert "".join(piece.text for piece in request.pieces) == TEXT
    assert [piece.text for piece in answer.pieces] == ["Adam ", "Novak"]


def test_a_reading_that_stands_there_as_the_value_is_not_said_again() -> None:
    (step,) = PLAN.steps
    amount = step.filled[0]

    def source(reading: str, shown: str) -> str:
        read = replace_source(amount, reading=reading, shown=shown)
        plan = PLAN.model_copy(update={"steps": (step.model_copy(update={"filled": (read,)}),)})
        return card.make_card(Planned(RUN, plan), RUN.actor).calls[0].params[0].source

    assert source("20 dollars → 20.00 USD", "20.00 USD") == "you said “20 dollars”"
    assert source("20 dollars → 20.00 USD", "2000") == "you said “20 dollars”, read as 20.00 USD"
    assert source("20 dollars → next_week", "next week") == "you said “20 dollars”"
    assert source("twice 10 → 20.00 USD", "20.00 USD") == "you said “20 dollars”, read as twice 10 → 20.00 USD"


def replace_source(value: ParameterValue, *, reading: str, shown: str) -> ParameterValue:
    return value.model_copy(update={"source": value.source.model_copy(update={"reading": reading}), "shown": shown})


def test_only_who_asked_may_edit_and_who_approved_is_told() -> None:
    assert card.make_card(Planned(RUN, PLAN), RUN.actor).may_edit
    assert not card.make_card(Planned(RUN, PLAN), replace(RUN.actor, kind="key", role="support")).may_edit, (
        "it was asked as an owner"
    )
    other = card.make_card(Planned(RUN, PLAN), replace(RUN.actor, id="mem_9", person="mem_9"))
    assert not other.may_edit
    assert other.approved_by_me
    assert other.calls[0].params[0].source == "Olivia said “20 dollars”"


def test_phrases_that_overlap_are_cut_so_that_each_is_whole() -> None:
    text = "give Nora 20 euros"
    pieces = list(card._pieces(text, [(said(text, "Nora 20"), "a"), (said(text, "20 euros"), "b")]))
    assert [(piece.text, piece.used_by) for piece in pieces] == [
        ("give ", ""),
        ("Nora ", "a"),
        ("20", "a b"),
        (" euros", "b"),
    ]


def test_a_field_of_a_record_that_stands_on_the_card_is_said_to_be_of_this_one() -> None:
    (step,) = PLAN.steps
    invoice = step.filled[1]

    def of(record_id: str, field: str) -> ParameterValue:
        given = {"record_id": record_id, "label": f"INV-{record_id}", "field": field}
        return invoice.model_copy(update={"source": invoice.source.model_copy(update=given)})

    def sources(*filled: ParameterValue) -> list[str]:
        plan = PLAN.model_copy(update={"steps": (step.model_copy(update={"filled": filled}),)})
        return [each.source for each in card.make_card(Planned(RUN, plan), RUN.actor).calls[0].params]

    found = ", of customer Adam Novak, found by “Adam's last invoice” and “Novak”"
    assert sources(invoice, of("1042", "amount_due"))[1] == "amount due of this invoice"
    assert sources(invoice, of("1043", "amount_due"))[1] == f"amount due of INV-1043{found}"
    assert sources(invoice, of("1043", "id"), of("1042", "total"))[2] == f"total of INV-1042{found}"


@pytest.mark.parametrize(
    ("value", "zone", "day"),
    [
        ("2026-12-04", "UTC", "Friday, 4 Dec 2026"),
        ("2026-12-04T23:30:00Z", "UTC", "Friday, 4 Dec 2026, 23:30 UTC"),
        ("2026-12-04T23:30:00Z", "Europe/Madrid", "Saturday, 5 Dec 2026, 00:30"),
        ("2026-12-04T09:00:00+01:00", "Europe/Madrid", "Friday, 4 Dec 2026, 09:00"),
        ("2026-12-04T09:00", "Europe/Madrid", "Friday, 4 Dec 2026, 09:00"),
        ("2026-13-04", "UTC", ""),
        ("from 2026-12-04", "UTC", ""),
        (20261204, "UTC", ""),
    ],
)
def test_a_day_is_said_with_its_weekday_on_the_clock_it_was_read_in(value: str | int, zone: str, day: str) -> None:
    (step,) = PLAN.steps
    filled = step.filled[0].model_copy(update={"value": value, "shown": "as it was read"})
    plan = PLAN.model_copy(update={"steps": (step.model_copy(update={"filled": (filled,)}),)})
    run = RUN.model_copy(update={"zone": zone})
    assert card.make_card(Planned(run, plan), run.actor).calls[0].params[0].day == day


def test_a_record_that_no_words_name_is_said_to_be_looked_up_and_not_named_twice() -> None:
    (step,) = PLAN.steps
    source = step.filled[1].source.model_copy(update={"spans": (), "via": (), "reading": "the earliest of 30"})
    filled = step.filled[1].model_copy(update={"source": source})
    plan = PLAN.model_copy(update={"steps": (step.model_copy(update={"filled": (filled,)}),)})
    assert card.make_card(Planned(RUN, plan), RUN.actor).calls[0].params[0].source == "the earliest of 30, looked up"


@pytest.mark.parametrize(
    ("reading", "told"),
    [
        ("the latest of 2", "the latest of 2 of customer Adam Novak, found by “Adam's last invoice” and “Novak”"),
        ("as of 3 Dec", "found by “Adam's last invoice” and “Novak”, of customer Adam Novak, as of 3 Dec"),
        (
            "the latest of 2; a newer one can't be used for this; as of 3 Dec",
            "the latest of 2 of customer Adam Novak, found by “Adam's last invoice” and “Novak”; a newer one can't be "
            "used for this, as of 3 Dec",
        ),
    ],
)
def test_which_record_it_was_comes_before_the_words_that_found_it_and_when_it_was_read_comes_last(
    reading: str, told: str
) -> None:
    (step,) = PLAN.steps
    source = step.filled[1].source.model_copy(update={"reading": reading})
    filled = step.filled[1].model_copy(update={"source": source})
    plan = PLAN.model_copy(update={"steps": (step.model_copy(update={"filled": (filled,)}),)})
    assert card.make_card(Planned(RUN, plan), RUN.actor).calls[0].params[0].source == told


def test_a_record_that_is_kept_here_is_not_said_to_be_looked_up() -> None:
    (step,) = PLAN.steps
    source = step.filled[1].source.model_copy(update={"spans": (), "via": (), "reading": "the first of 3; as of 3 Dec"})
    filled = step.filled[1].model_copy(update={"source": source})
    plan = PLAN.model_copy(update={"steps": (step.model_copy(update={"filled": (filled,)}),)})
    assert card.make_card(Planned(RUN, plan), RUN.actor).calls[0].params[0].source == "the first of 3, as of 3 Dec"


LETTER = "Dear Adam,\n\nyour refund is on its way. It takes three working days, or four before a holiday.\n\nOlivia"


def test_a_text_of_several_lines_is_shown_and_edited_in_its_lines_and_quoted_once() -> None:
    (step,) = PLAN.steps
    text = f"refund it and write: {LETTER}"
    source = PromptSource(spans=(said(text, LETTER),))
    message = ParameterValue(param="message", label="Message", value=LETTER, shown=LETTER, source=source)
    plan = PLAN.model_copy(update={"steps": (step.model_copy(update={"filled": (message,), "preview": LETTER}),)})
    run = RUN.model_copy(update={"text": text, "answers": ()})
    (call,) = card.make_card(Planned(run, plan), run.actor).calls
    (param,) = call.params
    assert (param.shown, param.words) == (LETTER, LETTER)
    assert (param.lines, param.long) == (True, True)
    assert param.source == "you said it in these words"


def test_a_line_break_in_text_of_others_is_spelled_out_and_an_edit_begins_with_what_was_typed() -> None:
    (step,) = PLAN.steps
    label = "INV-1042\nPaid"
    record = step.filled[1].model_copy(
        update={"shown": label, "source": step.filled[1].source.model_copy(update={"label": label})}
    )
    plan = PLAN.model_copy(update={"steps": (step.model_copy(update={"filled": (record, step.filled[2])}),)})
    looked_up, typed = card.make_card(Planned(RUN, plan), RUN.actor).calls[0].params
    assert (looked_up.shown, looked_up.words) == ("INV-1042‹U+000A›Paid", "INV-1042‹U+000A›Paid")
    assert (typed.shown, typed.words) == ("other‹U+202E›", "other\u202e")


def test_several_calls_alike_are_called_by_what_they_do_and_told_once_how_they_are_sent() -> None:
    (step,) = PLAN.steps
    other = step.model_copy(update={"call_id": "act_2"})
    reads = other.model_copy(update={"risk": Risk.READ, "title": "Look", "url": "https://shop.example/look"})

    def made(*steps: Step) -> card.Card:
        return card.make_card(Planned(RUN, PLAN.model_copy(update={"steps": steps})), RUN.actor)

    assert made(step).title == "Refund an invoice"
    assert (made(step).risk, made(step).sent_alike) == (None, False)
    alike = made(step, other)
    assert (alike.title, alike.risk, alike.sent_alike) == ("Refund an invoice, 2 times", alike.calls[0].risk, True)
    assert (made(step).long, alike.long) == (False, True)
    mixed = made(step, reads)
    assert (mixed.title, mixed.risk, mixed.sent_alike) == ("2 actions, in this order", None, False)


def test_a_day_in_the_record_behind_a_value_is_said_as_people_write_it() -> None:
    (step,) = PLAN.steps
    pin = RecordSnapshot(
        record_kind="invoice",
        record_id="1042",
        label="INV-1042",
        digest="sha256:" + "ef" * 32,
        values={"paid_at": "2026-12-04T23:30:00Z", "due": "2026-12-05", "number": "INV-1042", "total": 2000},
    )
    plan = PLAN.model_copy(update={"steps": (step.model_copy(update={"pins": (pin,)}),)})
    run = RUN.model_copy(update={"zone": "Europe/Madrid"})
    shown = card.make_card(Planned(run, plan), run.actor).calls[0].params[1].record
    assert [(each.name, each.value) for each in shown] == [
        ("paid at", "Saturday, 5 Dec 2026, 00:30"),
        ("due", "Saturday, 5 Dec 2026"),
        ("number", "INV-1042"),
        ("total", "2000"),
    ]


def test_a_card_shows_its_texts_as_they_are_and_a_day_is_edited_in_figures() -> None:
    (step,) = PLAN.steps
    amount = step.filled[0].model_copy(update={"value": 1250000, "shown": "12,500.00 EUR"})
    day = step.filled[2].model_copy(update={"param": "day", "value": "2026-12-04", "shown": "4 Dec 2026"})
    note = step.filled[2].model_copy(update={"value": "by 2026-10-05: 99000 EUR", "shown": "by 2026-10-05: 99000 EUR"})
    changed = {"filled": (amount, day, note), "preview": f"Refund 12,500.00 EUR on 4 Dec 2026: {note.shown}."}
    plan = PLAN.model_copy(update={"steps": (step.model_copy(update=changed),)})
    (call,) = card.make_card(Planned(RUN, plan), RUN.actor).calls
    assert call.preview == "Refund 12,500.00 EUR on 4 Dec 2026: by 2026-10-05: 99000 EUR."
    assert [each.shown for each in call.params] == ["12,500.00 EUR", "4 Dec 2026", note.shown]
    assert [each.words for each in call.params] == ["12,500.00 EUR", "2026-12-04", note.shown]


def test_a_card_was_replaced_or_taken_back_by_a_later_run_and_never_by_a_typed_reason() -> None:
    for reason in ("Corrected: by phone", "Taken back", "Taken back: sold"):
        typed = RUN.model_copy(update={"state": "rejected", "reason": reason})
        assert labels.make_state_badge(typed).text == "rejected"
        assert labels.make_state_badge(typed.with_(replaced_by="run_2")).text == "replaced"
        assert labels.make_state_badge(typed.with_(withdrawn_by="run_2")).text == "taken back"


def test_typed_texts_in_a_list_are_shown_as_they_were_typed() -> None:
    (step,) = PLAN.steps
    shown = "due 2026-12-04, 1200 EUR"
    notes = step.filled[0].model_copy(update={"value": ["due 2026-12-04", "1200 EUR"], "shown": shown})
    plan = PLAN.model_copy(update={"steps": (step.model_copy(update={"filled": (notes,)}),)})
    assert card.make_card(Planned(RUN, plan), RUN.actor).calls[0].params[0].shown == shown


def test_what_was_chosen_and_what_was_typed_later_are_told_apart() -> None:
    typed = Answer(slot="0.amount", text="60 euros")  # as an edit of the card leaves it, too
    run = RUN.model_copy(update={"answers": (*RUN.answers, typed)})
    assert [each.label for each in card.quote_requests(run, RUN.actor.person)] == ["You asked", "You chose", "You said"]
    assert card.quote_requests(run, "mem_9")[1].label == f"{RUN.actor.name} chose"
    for origin, told in ((1, "you chose “Adam”"), (2, "you said “60 e”")):
        source = PromptSource(spans=(Span(start=0, end=4, text="x", origin=origin),))
        assert labels.describe_source(run, source, RUN.actor.person, "x") == told


def test_a_key_that_asked_is_told_from_a_person() -> None:
    key = replace(RUN.actor, id="key_1", kind="key", name="till")
    run = RUN.model_copy(update={"actor": key})
    shown = card.make_card(Planned(run, PLAN), replace(RUN.actor, id="mem_9", person="mem_9"))
    assert shown.asked_by == "key “till”"
    assert shown.said[0].label == "key “till” asked"
    assert runs._waiting(run).who == "key “till”"
    assert card.make_card(Planned(run, PLAN), RUN.actor).said[0].label == "You asked", "whose key it is"


def test_an_opened_record_shows_money_in_its_currency_and_values_in_words() -> None:
    fields = (
        Field("id", "id"),
        Field("total", "money_minor", currency_field="currency"),
        Field("tip", "money_minor", currency_field="currency"),
        Field("currency", "currency"),
        Field("covers", "integer"),
        Field("sent", "boolean"),
        Field("status", "enum"),
    )
    kinds = Kinds([InMemoryRecords(RecordKind("invoice", "Invoice", ("invoice",), fields))])
    values = {"id": 1042, "total": 1250000, "tip": None, "currency": "JOD", "covers": 8800, "sent": True}
    values["status"] = "in_transit"
    pin = RecordSnapshot(record_kind="invoice", record_id="1042", digest="sha256:0", label="INV-1042", values=values)
    (step,) = PLAN.steps
    plan = PLAN.model_copy(update={"steps": (step.model_copy(update={"pins": (pin,)}),)})
    shown = card.make_card(Planned(RUN, plan), RUN.actor, kinds).calls[0].params[1].record
    assert {each.name: each.value for each in shown} == {
        "id": "1042", "total": "1,250.000 JOD", "tip": "nothing", "currency": "JOD", "covers": "8800",
        "sent": "yes", "status": "in transit",
    }  # fmt: skip
    (unknown,) = [each.value for each in card.make_card(Planned(RUN, plan), RUN.actor).calls[0].params[1].record][1:2]
    assert unknown == "1250000"


class InMemoryRecords:
    def __init__(self, *kinds: RecordKind) -> None:
        self._kinds = kinds

    def kinds(self) -> tuple[RecordKind, ...]:
        return self._kinds

    async def search(self, query: Query) -> Sequence[Record]:
        return ()

    async def get(self, kind: str, record_id: str) -> Record | None:
        return None


def test_a_rule_that_asked_is_told_from_the_person_in_whose_name_it_acts() -> None:
    cause = Cause(event_id="evt_1", event="order.paid", source="rule", name="Thank them")
    run = RUN.model_copy(update={"cause": cause})
    for viewer in (RUN.actor, replace(RUN.actor, id="mem_9", person="mem_9")):
        shown = card.make_card(Planned(run, PLAN), viewer)
        assert shown.asked_by == f"the rule “Thank them” for {RUN.actor.name}"
        assert shown.said[0].label == "The rule “Thank them” asked"
    assert runs._waiting(run).who == f"the rule “Thank them” for {RUN.actor.name}"


@pytest.mark.parametrize(
    ("annotation", "field", "fixed"),
    [
        ({"derive": {"parameter": "invoice_id", "field": "currency"}}, "currency", True),
        ({"derive": {"parameter": "invoice_id", "field": "currency"}}, "id", False),
        ({}, "currency", False),
    ],
)
def test_a_currency_that_the_contract_takes_from_a_record_has_no_edit(
    annotation: dict[str, Any], field: str, fixed: bool
) -> None:
    (step,) = PLAN.steps
    source = step.filled[1].source.model_copy(update={"field": field})
    held = ParameterValue(param="currency", label="Currency", value="USD", shown="USD", source=source)
    contract = Contract.model_validate(
        {
            **CONTRACT,
            "version": step.version,
            "parameters": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "amount": {"type": "integer"},
                    "invoice_id": {"type": "string"},
                    "currency": {"type": "string"},
                },
                "required": ["amount"],
            },
            "annotations": {
                "amount": {"unit": "money_minor", "currency_from": "currency"},
                "currency": annotation,
            },
        }
    )
    plan = PLAN.model_copy(update={"steps": (step.model_copy(update={"filled": (step.filled[0], held)}),)})
    amount, currency = card.make_card(Planned(RUN, plan), RUN.actor, catalogue=Catalogue((contract,))).calls[0].params
    assert (amount.fixed, currency.fixed) == (False, fixed)
    (unknown,) = card.make_card(Planned(RUN, plan), RUN.actor).calls[0].params[1:]
    assert not unknown.fixed, "of a contract that is gone"
