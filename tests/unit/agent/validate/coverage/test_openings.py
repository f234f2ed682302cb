"""What is reported, asked about, wished or thought of is asked about, and a wish that orders is done."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question
from evals.cases.frozen_world import FrozenWorld
from tests.unit import museum
from tests.unit.agent.resolve.rules.grammar.test_only_told import verdict_of
from tests.unit.marina import ask


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("we could move lesson 601 to Friday", "we could move"),
        ("I'd move lesson 601 to Friday", "I'd move"),
        ("I'll move lesson 601 to Friday", "I'll move"),
        ("we may move lesson 601 to Friday", "we may move"),
        ("I promised to move lesson 601 to Friday", "promised to move"),
        ("lesson 601 could be moved to Friday", "could be moved"),
        ("lesson 601 may also be moved to Friday", "may also be moved"),
        ("I told Annika we move lesson 601 to Friday", "I told Annika we move"),
        ("I've told Annika that she gets a lesson on Friday", "I've told Annika that she gets"),
        ("suppose Annika gets a lesson on Friday", "suppose Annika gets"),
        ("imagine we move lesson 601 to Friday", "imagine we move"),
        ("annika already moved lesson 601 to Friday", "moved"),
        ("wait before we move lesson 601 to Friday", "wait before we move"),
        ("I know how we move lesson 601 to Friday", "how we move"),
        ("she asked whether we could move lesson 601 to Friday", "whether we could move"),
        ("moving lesson 601 to Friday was a mistake", "moving"),
    ],
)
async def test_what_is_told_or_thought_is_asked_about(text: str, opening: str) -> None:
    asked = await verdict_of(text, "riding")
    assert isinstance(asked, Question), asked
    assert f"‘{opening}’ doesn't ask for it" in asked.text


@pytest.mark.parametrize(
    "text",
    [
        "we should move lesson 601 to Friday",
        "I'd like to move lesson 601 to Friday",
        "could we move lesson 601 to Friday",
        "I was hoping we could move lesson 601 to Friday",
        "I wish we could move lesson 601 to Friday",
        "lesson 601 should be moved to Friday",
        "I promised Annika, so move lesson 601 to Friday",
    ],
)
async def test_a_wish_orders(text: str) -> None:
    assert isinstance(await verdict_of(text, "riding"), Plan)


_END = {"type": "string", "enum": ["approved", "rejected"]}
_PARAMETERS = {"loan_id": {"type": "integer"}, "how": _END}
_NOTES = {"loan_id": {"record": "loan"}, "how": {"words": {"approved": ["approve"], "rejected": ["reject"]}}}
_CONTRACTS = [museum._offer("settle_loan", "Settle a loan", _PARAMETERS, _NOTES)]
LOANS = FrozenWorld({"contracts": _CONTRACTS, "kinds": museum._KINDS, "records": museum._RECORDS})


@pytest.mark.parametrize(
    ("text", "done"),
    [("I would approve loan 4301", False), ("we could reject loan 4301", False), ("approve loan 4301", True)],
)
async def test_a_verb_that_is_a_value_is_told_of_too(text: str, done: bool) -> None:
    made = (await ask(LOANS, text)).verdict
    assert isinstance(made, Plan if done else Question), made
