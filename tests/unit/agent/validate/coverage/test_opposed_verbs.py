"""What an action goes by is no word against it, whatever it denies elsewhere."""

from __future__ import annotations

import pytest

from agent.pipeline import Request
from agent.planning.proposal import Call, Find, PlanResult, Proposal, RecordArgument, TypedValue, Words
from agent.validate.coverage.opposed_verbs import find_opposed_verbs
from agent.validate.coverage.order import Order
from agent.validate.coverage.weighty import find_unaccounted
from registry.contract import Contract, parse
from tests.unit.own_worlds import NOW


def close(*aliases: str) -> Contract:
    return parse(
        {
            "schema": "opsiq/contract/v1", "name": "ferry.close_cabin", "title": "Close a cabin", "surfaces": ["admin"],
            "description": "Takes a cabin off what can be booked.", "roles": ["owner"], "aliases": list(aliases),
            "parameters": {
                "type": "object", "additionalProperties": False, "required": ["cabin"],
                "properties": {"cabin": {"type": "integer"}},
            },
            "annotations": {"cabin": {"record": "cabin"}}, "endpoint": {"url": "https://ferry.example/close"},
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("aliases", "against"), [(("stop letting a cabin",), []), (("shut",), ["stop letting the cabin"])]
)
def test_an_order_in_words_that_the_action_goes_by_denies_nothing(aliases: tuple[str, ...], against: list[str]) -> None:
    said = Words(text="C7", start=23)
    find = RecordArgument(reference=Find(record="cabin", said=said))
    proposal = Proposal(result=PlanResult(calls=(Call(action="ferry.close_cabin", arguments={"cabin": find}),)))
    request = Request(text="stop letting the cabin C7", now=NOW)
    left = find_unaccounted(Order(request, proposal, [close(*aliases)]))
    assert left.weighty == against


@pytest.mark.parametrize(
    ("text", "against"),
    [
        ("the cabin flooded, so they get half of the fare back", []),
        ("Ada should get the fare back", []),
        ("get the fare back from Ada", ["get the fare back"]),
    ],
)
def test_what_somebody_gets_back_is_given_to_them(text: str, against: list[str]) -> None:
    gives = close("give back", "credit")
    assert [text[slice(*each)] for each in find_opposed_verbs(text, [gives])] == against


@pytest.mark.parametrize(("quoted", "against"), [("reopen", []), ("", ["reopen"])])
def test_a_verb_that_is_a_value_of_the_call_is_not_against_it(quoted: str, against: list[str]) -> None:
    said = Words(text=quoted, start=0) if quoted else None
    arguments = {
        "cabin": RecordArgument(reference=Find(record="cabin", said=Words(text="C7", start=17))),
        "state": TypedValue(value="open", quote=said),
    }
    proposal = Proposal(result=PlanResult(calls=(Call(action="ferry.close_cabin", arguments=arguments),)))
    left = find_unaccounted(Order(Request(text="reopen the cabin C7", now=NOW), proposal, [close("close up")]))
    assert left.weighty == against
