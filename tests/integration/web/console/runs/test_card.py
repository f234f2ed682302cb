"""The card: where each value comes from, which words it lights, and who may do what with it."""

from __future__ import annotations

from dataclasses import replace

from agent.pipeline import ParameterValue
from agent.runs.states import Planned
from tests.integration.web.console.samples.card import PLAN, RUN, TEXT, said
from web.console.runs import card


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
