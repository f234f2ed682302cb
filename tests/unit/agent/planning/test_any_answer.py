"""Whatever a model answers: the parser refuses it in its own way, planning raises nothing, and nothing that is neither
proven nor shown is ready to be sent."""

from __future__ import annotations

import asyncio
import contextlib
import random
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.pipeline import Answer, Plan, ProposedSource, Request
from agent.resolve.model.answer_json import BadProposal
from agent.validate.questions import REST
from core.errors import ModelMisbehaved
from evals.attacks.any_answer import draw_answer, list_violations, spoil_answer
from tests.unit.own_worlds import NOW, asked, came_of, find, number, plan, said, world

INES = {"belongs_to": find("member", "Ines Duarte")}
GOOD: dict[str, dict[str, dict[str, Any]]] = {
    "lending": {
        "waive 3 euros of the fine of Ines Duarte": plan(
            {"action": "waive_fine", "fine_id": find("fine", None, INES), "amount": number(3, "3 euros", "EUR")}
        ),
        "renew loan 502 by 7 days, and put the Tile cutter in the cellar": plan(
            {"action": "renew_loan", "loan_id": find("loan", "502"), "days": number(7, "by 7 days", "days")},
            {
                "action": "set_shelf",
                "item_id": find("item", "Tile cutter"),
                "shelf": {"value": "cellar", "quote": "in the cellar"},
                "note": None,
            },
        ),
        "charge Tariq 4.50 for a chipped blade": plan(
            {
                "action": "charge_fine",
                "member_id": find("member", "Tariq"),
                "amount": number(4.5, "4.50"),
                "reason": {"value": "a chipped blade", "quote": "a chipped blade"},
            }
        ),
        "scrap item 105, it is bent": plan(
            {"action": "scrap_item", "item_id": find("item", "105"), "reason": {"value": "bent", "quote": "bent"}}
        ),
        "waive half of F-233 and write Piet Vos that we did": plan(
            {
                "action": "waive_fine",
                "fine_id": find("fine", "F-233"),
                "amount": {
                    "op": "*",
                    "a": {"field": "amount", "of": {"handle": "@fine_id"}},
                    "b": number(0.5, "half"),
                },
            },
            {
                "action": "write_member",
                "member_id": find("member", "Piet Vos"),
                "letter": {
                    "draft": "Dear Piet, half of {1} is waived.",
                    "fills": [{"field": "amount", "of": find("fine", "F-233")}],
                },
            },
        ),
    },
    "dome": {
        "book Old Bess for 2026-12-02 with 30 seconds in red": plan(
            {
                "action": "book_night",
                "scope": find("scope", "Old Bess"),
                "night": {"date": "2026-12-02", "quote": "2026-12-02"},
                "exposure_s": number(30, "30 seconds", "seconds"),
                "filters": {"value": ["red"], "quote": "red"},
                "observer": None,
            }
        ),
        "abort the Lantern by force": plan(
            {"action": "abort", "scope": find("scope", "Lantern"), "force": {"value": True, "quote": "by force"}}
        ),
        "point ZEN at 10.68 and 41.27": plan(
            {
                "action": "point",
                "scope": find("scope", "ZEN"),
                "target": {"value": {"ra": 10.68, "dec": 41.27}, "quote": "at 10.68 and 41.27"},
            }
        ),
    },
}
REQUESTS = {name: tuple(good) for name, good in GOOD.items()}
STRANGERS = (
    "Piet Vos",
    "F-233",
    "505",
    "103",
    "SE",
    "tariq@lend.example",
    "",
    "cellar",
    "paid",
    "id",
    "amount",
    "2026-12-01",
)

YES = (Answer(slot=REST, choice=REST),)
"""Whoever is asked about words that were passed over says yes to the rest."""

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["result", "type", "steps", "action", "kind", "said", "where", "value", "quote", "if", "then", "of"]
            )
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answer=anything, result=anything, kind=st.sampled_from(["plan", "answer", "ask", "none", "undo", None]))
def test_no_json_crashes_the_parser(answer: Any, result: Any, kind: Any) -> None:
    parser = asked(REQUESTS["lending"][0], "lending").parser
    inside = {**result, "type": kind} if isinstance(result, dict) else result
    for each in (answer, {"result": inside, "understood": answer, "rest": result}):
        with contextlib.suppress(BadProposal):
            parser.parse(each)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), name=st.sampled_from(sorted(REQUESTS)), at=st.integers(0, 3))
def test_nothing_unproven_is_ready_to_be_sent_unseen(seed: int, name: str, at: int) -> None:
    text = REQUESTS[name][at % len(REQUESTS[name])]
    assert asyncio.run(came_out_well(random.Random(seed), text, name)) == []


def drawn(chance: random.Random, text: str, name: str) -> Any:
    """An answer out of the schema, or a good one that is spoilt."""
    words = [*text.split(), text, *STRANGERS]
    if chance.random() < 0.3:
        return draw_answer(chance, asked(text, name).schema.schema, words)
    return spoil_answer(chance, {"understood": "", "result": deepcopy(GOOD[name][text]), "rest": []}, words)


async def came_out_well(chance: random.Random, text: str, name: str) -> list[str]:
    try:
        outcome = await said(text, drawn(chance, text, name), name, YES)
    except ModelMisbehaved:
        return []
    made, proposal = outcome.verdict, outcome.proposal
    if not isinstance(made, Plan) or proposal is None:
        return []
    return list_violations(Request(text=text, now=NOW), proposal, made, world(name).catalogue)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, good in GOOD.items() for text in good])
async def test_the_good_answers_do_become_plans(name: str, text: str) -> None:
    """Else the property above would be true of nothing."""
    made = (await came_of(text, GOOD[name][text], name)).verdict
    assert isinstance(made, Plan), made


async def test_violations_are_seen() -> None:
    text = REQUESTS["lending"][0]
    outcome = await came_of(text, GOOD["lending"][text])
    made = outcome.verdict
    assert isinstance(made, Plan)
    assert outcome.proposal is not None
    amount = next(each for each in made.steps[0].filled if each.param == "amount")
    invented = amount.model_copy(update={"source": ProposedSource()})
    step = made.steps[0].model_copy(update={"filled": (invented,)})
    unseen = made.model_copy(update={"steps": (step,), "held": ()})
    catalogue = world("lending").catalogue
    assert list_violations(Request(text=text, now=NOW), outcome.proposal, made, catalogue) == []
    assert len(list_violations(Request(text=text, now=NOW), outcome.proposal, unseen, catalogue)) == 2
