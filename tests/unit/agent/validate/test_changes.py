"""Changes over HTTP: one that changes nothing is no call, and what a record gives isn't asked for before it."""

from __future__ import annotations

from typing import Any

from agent.pipeline import Question, Refusal
from registry.contract import Contract
from tests.unit.agent.validate.fake_platform import Case, contract

TEXT = {"type": "string", "maxLength": 100}


def change(**annotations: Any) -> Contract:
    return contract(
        "desk.change_note",
        schema="opsiq/contract/v2",
        parameters={
            "type": "object",
            "additionalProperties": False,
            "required": ["currency", "invoice"],
            "properties": {"currency": TEXT, "invoice": {"type": "integer"}, "heading": TEXT, "color": TEXT},
        },
        annotations={
            "currency": {"derive": {"parameter": "invoice", "field": "currency"}, "sources": ["record"]},
            "invoice": {"record": "invoice"},
            **annotations,
        },
        endpoint={
            "type": "http",
            "method": "PATCH",
            "url": "https://desk.example/{currency}/{invoice}",
            "path": {"currency": {"parameter": "currency"}, "invoice": {"parameter": "invoice"}},
            "body": {
                "type": "json",
                "fields": {"/heading": {"parameter": "heading"}, "/color": {"parameter": "color"}},
            },
        },
    )


async def test_a_change_that_changes_nothing_is_no_call() -> None:
    case = Case("publish INV-1031", ("desk.change_note", {"invoice": "INV-1031"}), contracts=[change()])
    refusal = await case.ask()
    assert isinstance(refusal, Refusal)
    assert "heading, color" in refusal.detail


async def test_a_change_of_one_field_is_a_call() -> None:
    drafts = ("desk.change_note", {"invoice": "INV-1031", "heading": "Spring"})
    plan = await Case("call INV-1031 Spring", drafts, contracts=[change()]).plan()
    assert {each.param: each.value for each in plan.steps[0].filled}["heading"] == "Spring"


async def test_what_a_record_gives_is_not_asked_for_before_the_record() -> None:
    question = await Case("change a note", ("desk.change_note", {}), contracts=[change()]).ask()
    assert isinstance(question, Question)
    assert question.param == "invoice"
