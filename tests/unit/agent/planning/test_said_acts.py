"""Orders in everyday words: the act they ask for is done by the only action that does such a thing to the record."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask
from tests.unit.print_works import CONTRACTS, KINDS, RECORDS, ask_print_works


async def _read(text: str) -> list[tuple[str, dict[str, Any]]]:
    """The calls of the plan, which waits."""
    made = await ask_print_works(text)
    assert isinstance(made.verdict, Plan), made.verdict
    assert made.verdict.held or made.hold
    return [
        (step.action.removeprefix("print."), {each.param: each.value for each in step.filled})
        for step in made.verdict.steps
    ]


@pytest.mark.parametrize(
    ("text", "action", "values"),
    [
        ("park the harbour posters for the time being", "hold_job", {"job_id": 501}),
        ("freeze 501 until 4 December", "hold_job", {"job_id": 501, "until": "2026-12-04"}),
        ("set the choir leaflets free", "release_job", {"job_id": 502}),
        ("502 can go ahead", "release_job", {"job_id": 502}),
        ("the museum folders are done", "finish_job", {"job_id": 503}),
        ("503 is taken care of", "finish_job", {"job_id": 503}),
        ("mark 503 as done", "finish_job", {"job_id": 503}),
        ("the menu cards went out by rail", "send_job", {"job_id": 504, "carrier": "rail"}),
        ("504 has left", "send_job", {"job_id": 504}),
        ("Vera's menu cards are on their way", "send_job", {"job_id": 504}),
        ("say yes to 71", "decide_proof", {"proof_id": 71, "verdict": "accepted"}),
        ("72 is a no", "decide_proof", {"proof_id": 72, "verdict": "rejected"}),
        ("say no to veras blue cover", "decide_proof", {"proof_id": 71, "verdict": "rejected"}),
        ("lock Nils Falk out", "suspend_member", {"member_id": 3}),
        ("let Hugo Brandt back in", "readmit_member", {"member_id": 2}),
        ("pass 503 on to Emil", "give_job", {"job_id": 503, "printer_id": 12}),
        ("Emil should look at the museum folders", "give_job", {"job_id": 503, "printer_id": 12}),
        ("harbour posters 2 euros cheaper", "set_price", {"job_id": 501, "price": 8800}),
    ],
)
async def test_the_only_action_that_does_what_is_said_is_planned_and_waits(
    text: str, action: str, values: dict[str, Any]
) -> None:
    (call,) = await _read(text)
    assert call[0] == action
    assert call[1] == values


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("502 and 505 can go", [("release_job", 502), ("release_job", 505)]),
        ("unfreeze all held jobs", [("release_job", 502), ("release_job", 505)]),
        ("pass 501 and 503 on to Emil", [("give_job", 501), ("give_job", 503)]),
        ("park 501 and 506", [("hold_job", 501), ("hold_job", 506)]),
    ],
)
async def test_an_act_is_done_to_several_records(text: str, calls: list[tuple[str, int]]) -> None:
    assert sorted((action, values["job_id"]) for action, values in await _read(text)) == sorted(calls)


@pytest.mark.parametrize(
    "text",
    [
        "503 is not done",
        "503 isn't done",
        "503 was done",
        "503 was done yesterday",
        "503 is nearly done",
        "503 should have been done",
        "504 should have gone out",
        "504 went out without the cards",
        "Nils says 503 is done",
        "once 503 is done",
        "503 is done if Nils agrees",
        "503 is done?",
        "is 503 done",
        "only 504 is gone",
        "504 and not 503 went out",
        "park 501 or 506",
        "don't park 501",
        "Vera is gone",
        "71 is fine but 72 is not",
        "park-it 501",
        "unfreeze 502 and 505 gently",
        "502 and 505 are free, Nils thinks",
        "we heard 502 and 505 can go",
        "park 501 and 506 in the blue hall",
        "Emil Kranz is sorted",  # mended or repaired
        "park Rosa Wolff",  # what pauses also resumes
    ],
)
async def test_what_is_denied_asked_reported_or_bound_to_a_condition_is_none(text: str) -> None:
    assert not isinstance((await ask_print_works(text)).verdict, Plan)


async def test_a_verb_that_spares_one_of_several_is_no_noun() -> None:
    """Where the records are called leaves, "leave 72" may still say that 72 is left alone."""
    kinds = [{**each, "nouns": [*each["nouns"], "leave"]} if each["name"] == "proof" else each for each in KINDS]
    made = await ask(
        FrozenWorld({"contracts": CONTRACTS, "kinds": kinds, "records": RECORDS}), "approve leave 71, leave 72"
    )
    assert not isinstance(made.verdict, Plan) or len(made.verdict.steps) == 1


@pytest.mark.parametrize("text", ["Vera Lund is locked out, help her", "Nils Falk is locked out"])
async def test_a_complaint_is_no_order_to_do_it(text: str) -> None:
    assert not isinstance((await ask_print_works(text)).verdict, Plan)


async def test_what_cant_be_undone_is_asked_about_first() -> None:
    made = (await ask_print_works("dump job 501")).verdict
    assert isinstance(made, Question), made
    assert [each.id for each in made.candidates] == ["print.end_job"]


async def test_a_word_that_another_action_goes_by_is_that_ones() -> None:
    made = (await ask_print_works("drop the harbour posters")).verdict  # here samples are dropped at a door
    offered = [each.id for each in made.candidates] if isinstance(made, Question) else []
    planned = [each.action for each in made.steps] if isinstance(made, Plan) else []
    assert "print.end_job" not in offered + planned, made


async def test_which_of_two_actions_that_do_what_is_said_is_asked_about() -> None:
    made = (await ask_print_works("let the choir leaflets go")).verdict
    assert isinstance(made, Question), made
    assert {each.id for each in made.candidates} == {"print.end_job", "print.release_job"}


async def test_an_action_does_an_act_only_to_what_its_title_names() -> None:
    made = (await ask_print_works("501 is gone")).verdict  # not finished; its quote could be sent
    assert not isinstance(made, Plan | Question), made
