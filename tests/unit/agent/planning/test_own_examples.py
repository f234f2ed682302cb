"""What a contract gives as an example is understood, also of somebody else, whose name may be a word."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question
from tests.unit.office import CONTRACTS, ask_office

EXAMPLES = [(each["name"], text) for each in CONTRACTS for text in each["examples"]]


async def called(text: str) -> tuple[str, dict[str, Any]]:
    plan = (await ask_office(text)).verdict
    assert isinstance(plan, Plan), plan
    (step,) = plan.steps
    return step.action, {each.param: each.value for each in step.filled}


@pytest.mark.parametrize(("action", "text"), EXAMPLES)
async def test_each_example_is_understood_as_its_action(action: str, text: str) -> None:
    assert (await called(text))[0] == action


@pytest.mark.parametrize(
    ("text", "action", "visit"),
    [
        ("sign Ivy in", "office.sign_in", 63),
        ("sign in Clay Ferrer", "office.sign_in", 62),
        ("sign ada in", "office.sign_in", 61),
        ("sign out ada quist", "office.sign_out", 61),
        ("Clay has turned up", "office.sign_in", 62),
        ("Ada dropped in", "office.sign_in", 61),
        ("Ivy was let go", "office.sign_out", 63),
        ("clay isn't showing up after all", "office.drop_visit", 62),
    ],
)
async def test_others_may_be_meant_and_a_particle_tells_verbs_apart(text: str, action: str, visit: int) -> None:
    assert await called(text) == (action, {"visit_id": visit})


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("ada quist is staying one more night", "2026-12-06"),
        ("Ada is staying 2 extra nights", "2026-12-07"),
        ("extend Ada's pass by 3 days", "2026-12-08"),
        ("prolong Ada by a week", "2026-12-12"),
        ("Ada is staying a day longer", "2026-12-06"),
        ("Ada is staying a night less", "2026-12-04"),
    ],
)
async def test_what_is_prolonged_ends_so_much_later(text: str, until: str) -> None:
    assert await called(text) == ("office.extend_pass", {"visit_id": 61, "until": until})


async def test_a_text_begins_behind_the_name_that_an_example_has_there() -> None:
    assert await called("Clay is on soft food now") == ("office.set_diet", {"visit_id": 62, "diet": "soft food"})


async def test_words_that_no_example_has_are_still_asked_about() -> None:
    asked = (await ask_office("sign Ada out unless she objects")).verdict
    assert isinstance(asked, Question), asked
