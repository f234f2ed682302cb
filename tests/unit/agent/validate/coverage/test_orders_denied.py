"""What denies an order, stands above it, or says whom it is for is asked about; how things are and manners are not."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question, Refusal
from agent.validate.coverage.negations import find_negations, only_contrasts
from agent.validate.questions import REST
from tests.unit.agent.resolve.rules.grammar.test_only_told import verdict_of as verdict_without_a_model
from tests.unit.agent.validate.coverage.test_modifiers import CREDIT, RENEW, SHELVE, WAIVE, verdict_of
from tests.unit.own_worlds import came_of, find, plan


@pytest.mark.parametrize(
    "text",
    ["waive the fines that aren't Ines Duarte's", "waive the other half of F-231", "waive the second half of F-231"],
)
async def test_a_fine_of_somebody_else_and_the_rest_of_one_are_no_plain_fine(text: str) -> None:
    verdict = await verdict_without_a_model(text, "lending")
    assert isinstance(verdict, Question), verdict


async def is_asked(text: str, step: dict[str, Any]) -> None:
    verdict = await verdict_of(text, step)
    assert isinstance(verdict, Question), verdict
    assert verdict.slot == REST


async def is_planned(text: str, step: dict[str, Any]) -> None:
    verdict = await verdict_of(text, step)
    assert isinstance(verdict, Plan), getattr(verdict, "text", verdict)


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("waive F-231 NOT", WAIVE),
        ("waive F-231 (do not!)", WAIVE),
        ("nobody waived F-231", WAIVE),
        ("waive F-231, no", WAIVE),
    ],
)
async def test_a_negation_anywhere_in_an_order_is_asked_about(text: str, step: dict[str, Any]) -> None:
    await is_asked(text, step)


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("waive F-231, no hurry", WAIVE),
        ("Ines is not happy, waive F-231", WAIVE),
        ("Ines never got the belt sander, waive F-231", WAIVE),
        ("waive F-231, the letter never arrived", WAIVE),
        ("waive F-231, nobody answered", WAIVE),
        ("Ines can't see why, waive F-231", WAIVE),
        ("waive F-231 because nobody told her", WAIVE),
        ("waive F-231, not F-233", WAIVE),
        ("don't forget to waive F-231", WAIVE),
    ],
)
async def test_how_things_are_denies_nothing(text: str, step: dict[str, Any]) -> None:
    await is_planned(text, step)


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("refuse to waive F-231", WAIVE),
        ("think about whether to waive F-231", WAIVE),
        ("remind Piet to waive F-231", WAIVE),
        ("wait before you waive F-231", WAIVE),
        ("forget to renew loan 502 by 7 days", RENEW),
        ("who may waive F-231", WAIVE),
        ("did anybody waive F-231", WAIVE),
        ("why did you waive F-231", WAIVE),
        ("may I waive F-231?", WAIVE),
        ("waive F-231 should she complain", WAIVE),
        ("waive F-231 given she brings it back", WAIVE),
        ("waive or double F-231", WAIVE),
        ("she asked whether we waive F-231", WAIVE),
        ("let me know if you waive F-231", WAIVE),
    ],
)
async def test_an_order_beneath_another_verb_or_a_question_is_asked_about(text: str, step: dict[str, Any]) -> None:
    await is_asked(text, step)


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("could you please waive F-231", WAIVE),
        ("I'd like you to waive F-231", WAIVE),
        ("we need to waive F-231", WAIVE),
        ("why not waive F-231", WAIVE),
        ("I wonder if you could waive F-231", WAIVE),
        ("how about you renew loan 502 by 7 days", RENEW),
    ],
)
async def test_what_only_asks_for_an_order_stands_above_none(text: str, step: dict[str, Any]) -> None:
    await is_planned(text, step)


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("waive F-231 for Piet", WAIVE),
        ("waive F-231 for Piet's account", WAIVE),
        ("on Piet's behalf, waive F-231", WAIVE),
        ("as Piet, waive F-231", WAIVE),
        ("with Olga's approval, waive F-231", WAIVE),
        ("put the Tile cutter in the cellar instead of Piet's", SHELVE),
    ],
)
async def test_somebody_named_of_whom_nothing_was_used_is_asked_about(text: str, step: dict[str, Any]) -> None:
    await is_asked(text, step)


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("give Hugo Bernard 30 euros of credit for Christmas", CREDIT),
        ("give Hugo Bernard 30 euros of credit for the trouble", CREDIT),
        ("waive F-231 as discussed", WAIVE),
        ("waive F-231 for Ines Duarte", WAIVE),
    ],
)
async def test_a_reason_names_nobody(text: str, step: dict[str, Any]) -> None:
    await is_planned(text, step)


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("do we waive F-231?", WAIVE),
        ("has loan 502 been renewed by 7 days?", RENEW),
        ("why is the Tile cutter in the cellar", SHELVE),
        ("suppose we waive F-231", WAIVE),
        ("Piet says we waived F-231", WAIVE),
        ("waiving F-231 was an error", WAIVE),
        ("quietly waive F-231", WAIVE),
        ("waive F-231 w/o interest", WAIVE),
        ("renew loan 502 by 7 days at the latest", RENEW),
        ("give Hugo Bernard 30 euros a week of credit", CREDIT),
        ("give Hugo Bernard some 30 euros of credit", CREDIT),
    ],
)
async def test_a_question_a_story_or_a_manner_is_no_plain_order(text: str, step: dict[str, Any]) -> None:
    await is_asked(text, step)


@pytest.mark.parametrize("joint", [" - ", "/", " (and ", " like "])
async def test_a_further_number_of_the_same_series_is_asked_about(joint: str) -> None:
    await is_asked(f"waive F-231{joint}F-233", WAIVE)


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("why don't you waive F-231", WAIVE),
        ("how is Ines? waive F-231", WAIVE),
        ("can we waive F-231 please", WAIVE),
    ],
)
async def test_a_question_that_suggests_or_comes_before_an_order_is_none(text: str, step: dict[str, Any]) -> None:
    await is_planned(text, step)


@pytest.mark.parametrize(
    ("text", "planned"),
    [
        ("Hugo Bernard should not get a seat but 30 euros of credit", False),
        ("Hugo Bernard should not get a refund but 30 euros of credit", True),
        ("no refund for Hugo Bernard but 30 euros of credit", True),
        ("Hugo Bernard gets no refund, just 30 euros of credit", True),
        ("Hugo Bernard should not get credit but a refund of 30 euros", False),
        ("Hugo Bernard should not get 30 euros of credit but a refund", False),
        ("no 30 euros of credit for Hugo Bernard", False),
        ("no don't refund Hugo Bernard, give him 30 euros of credit", True),
        ("no don't give Hugo Bernard 30 euros of credit", False),
        ("no not Hugo Bernard, 30 euros of credit", False),
        ("not Hugo Brandt, Hugo Bernard gets 30 euros of credit", True),
        ("not Hugo, Hugo Bernard gets 30 euros of credit", False),
        ("Hugo Bernard gets 30 euros of credit, not Hugo Brandt", True),
    ],
)
async def test_what_is_denied_may_be_another_action_or_person_beside_the_one_meant(text: str, planned: bool) -> None:
    await (is_planned if planned else is_asked)(text, CREDIT)


CELLAR = {**SHELVE, "shelf": {"value": "cellar", "quote": "cellar"}}


@pytest.mark.parametrize(
    ("text", "planned"),
    [
        ("put the Tile cutter in the cellar, not front", True),
        ("put the Tile cutter in the cellar instead of front", True),
        ("the Tile cutter doesn't go in the cellar", False),
        ("put the Tile cutter in the cellar, not now", False),
    ],
)
async def test_a_denied_value_is_one_of_the_list_that_another_was_taken_from(text: str, planned: bool) -> None:
    await (is_planned if planned else is_asked)(text, CELLAR)


@pytest.mark.parametrize(
    ("text", "undoes", "found"),
    [
        ("no no, my finger slipped! as it was an hour ago please", True, 0),
        ("no no, my finger slipped! as it was an hour ago please", False, 2),
        ("no, send it again", False, 1),
        ("never, my finger slipped", True, 1),
        ("no", True, 1),
        ("my finger slipped, no", True, 1),
    ],
)
def test_a_no_at_the_head_of_an_undoing_without_quotes_denies_nothing(text: str, undoes: bool, found: int) -> None:
    assert len(list(find_negations(text, [], frozenset({"raise"}), undoes=undoes))) == found


BARE = {"action": "renew_loan", "loan_id": find("loan", "502"), "days": None}


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("loan 502 should not be renewed", "loan 502 should not be renewed"),
        ("loan 502 needn't be renewed", "loan 502 needn't be renewed"),
        ("nobody renews loan 502 today", "nobody renews"),
        ("no renewal today for loan 502", "no renewal"),
        ("loan 502 is no longer to be renewed", "loan 502 is no longer to be renewed"),
        ("Ruth Meyer doesn't want loan 502 renewed", "Ruth Meyer doesn't want loan 502 renewed"),
        ("don't let Ruth renew loan 502", "don't let Ruth renew"),
        ("on no account renew loan 502", "on no account renew"),
        ("loan 502 must not go on before Friday", "loan 502 must not go on before Friday"),
        ("why not renew loan 502", None),
        ("don't forget to renew loan 502", None),
        ("loan 502 was not renewed, so renew it", None),
        ("nobody has renewed loan 502", None),
        ("loan 502 should never have been renewed", None),
        ("renew loan 502, Ruth can't come", None),
        ("Ruth isn't in renew loan 502", None),
        ("since nobody came loan 502 should be renewed", None),
        ("Ruth can't renew loan 502 herself, give it more days", None),
    ],
)
async def test_nothing_is_done_of_what_is_denied(text: str, denied: str | None) -> None:
    verdict = (await came_of(text, plan(BARE))).verdict
    if denied is not None:
        assert isinstance(verdict, Refusal), verdict
        assert verdict.detail == f"You wrote ‘{denied}’, so nothing was done."
        return
    assert isinstance(verdict, Question), verdict
    assert verdict.slot == "0.days", verdict


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("please do not waive F-231", WAIVE),
        ("by no means waive F-231", WAIVE),
        ("no reason to waive F-231", WAIVE),
        ("we would never waive F-231", WAIVE),
        ("try not to waive F-231", WAIVE),
        ("nobody waives F-231", WAIVE),
        ("there's no reason for F-231 to be waived", WAIVE),
        ("F-231 should never be dropped", WAIVE),
        ("the Tile cutter isn't to be moved to the cellar", SHELVE),
        ("Hugo Bernard shouldn't get 30 euros of credit", CREDIT),
    ],
)
async def test_no_yes_is_offered_to_what_is_denied(text: str, step: dict[str, Any]) -> None:
    assert isinstance(await verdict_of(text, step), Refusal)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hotel", "charge 9002 is not to be waived"),
        ("garage", "nobody should refund R-5101"),
        ("riding", "Annika Berg doesn't want lesson 601 cancelled"),
        ("hotel", "Amelia Hart mustn't get the bill before Thursday"),
    ],
)
async def test_without_a_model_no_question_is_asked_about_what_is_denied(name: str, text: str) -> None:
    assert not isinstance(await verdict_without_a_model(text, name), Plan | Question)


async def test_words_that_a_value_is_read_from_deny_no_order() -> None:
    text = "lesson 601 must not be cancelled"
    quote = {"value": "advanced", "quote": "must not be cancelled"}
    call = {"action": "set_level", "rider_id": find("rider", "Annika"), "level": quote}
    assert not isinstance((await came_of(text, plan(call), "riding")).verdict, Refusal)


_OWENS = {"belongs_to": find("customer", "Owen")}
_THEN = {"field": "day", "op": "during", "value": {"date": "2026-11-30", "quote": "on 30 November"}}


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("don't cancel Owen's job on 30 November, just change the mechanic to Ingrid", True),
        ("don't cancel Owen's job on 30 November, and not to Ingrid either, hand it to her", False),
    ],
)
async def test_a_day_that_tells_which_record_is_no_denied_value(text: str, *, done: bool) -> None:
    job = find("job", None, _OWENS, _THEN)
    call = {"action": "assign_mechanic", "job_id": job, "mechanic_id": find("mechanic", "Ingrid")}
    verdict = (await came_of(text, plan(call), "garage")).verdict
    assert isinstance(verdict, Plan if done else Question), verdict


@pytest.mark.parametrize("text", ["F-231 must not go before Tuesday", "F-231 must not go to print until April"])
def test_the_day_before_which_nothing_shall_happen_is_no_other_thing(text: str) -> None:
    assert not only_contrasts(text, text.index(" go"), [(0, 5)], frozenset(), several=False)
