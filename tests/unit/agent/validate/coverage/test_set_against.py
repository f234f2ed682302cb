"""A value that the words deny: of a field that the plan replaces, it is accounted for if the record has it, and told on
the card if the record has another."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.model.resolver import ProposingResolver
from evals.cases.frozen_world import FrozenWorld
from tests.unit.laundry import LAUNDRY
from tests.unit.marina import MARINA, ask
from tests.unit.museum import MUSEUM
from tests.unit.nursery import NURSERY
from tests.unit.office import OFFICE
from tests.unit.own_worlds import NOW, OWNER, Says, find, plan, read_words, world


async def verdict_of(there: FrozenWorld, text: str, call: dict[str, Any]) -> Any:
    task = Task(Request(text=text, now=NOW), OWNER, there.context(there.provider({})), "run_00000000000000000000000001")
    answer = {"understood": "", "result": plan(call), "rest": []}
    return (await propose(task, ProposingResolver(Says(answer)))).verdict


def handed(run: dict[str, Any], driver: str) -> dict[str, Any]:
    return {"action": "hand_run", "run_id": run, "driver_id": find("driver", driver)}


def placed(hall: str) -> dict[str, Any]:
    return {"action": "set_hall", "exhibit_id": find("exhibit", "Paper Moon"), "hall": {"value": hall, "quote": hall}}


def seated(seats: int) -> dict[str, Any]:
    value = {"number": seats, "quote": str(seats)}
    return {"action": "set_seats", "exhibit_id": find("exhibit", "Paper Moon"), "seats": value}


def rushed(urgency: str) -> dict[str, Any]:
    return {"action": "rush_job", "job_id": find("job", "902"), "urgency": {"value": urgency, "quote": urgency}}


def charged(euros: int) -> dict[str, Any]:
    value = {"number": euros, "unit": "EUR", "quote": str(euros)}
    return {"action": "set_fee", "load_id": find("load", "803"), "fee": value}


def extended(day: str, quote: str) -> dict[str, Any]:
    return {"action": "extend_pass", "visit_id": find("visit", "Ada Quist"), "until": {"date": day, "quote": quote}}


RUDIS = find("run", "North", {"belongs_to": find("driver", "Rudi")})
LAKE = find("run", "Lake Run")


@pytest.mark.parametrize(
    ("there", "text", "call", "told"),
    [
        (LAUNDRY, "give the North Run to Mark instead of Rudi", handed(RUDIS, "Mark"), ""),
        (LAUNDRY, "give the Lake Run to Mark Penny instead of Vera Lenz", handed(LAKE, "Mark Penny"), ""),
        (LAUNDRY, "Lake Run goes to Mark Penny not Vera", handed(LAKE, "Mark Penny"), ""),
        (
            LAUNDRY,
            "give the Lake Run to Mark Penny instead of Rudi",
            handed(LAKE, "Mark Penny"),
            "is Vera Lenz, not Rudi.",
        ),
        (MUSEUM, "set Paper Moon to east not west", placed("east"), ""),
        (MUSEUM, "set Paper Moon to east instead of west", placed("east"), ""),
        (MUSEUM, "set Paper Moon to 20 seats not 12", seated(20), ""),
        (
            OFFICE,
            "extend Ada Quist's pass to 18 December not 5 December",
            extended("2026-12-18", "18 December"),
            "",
        ),
        (LAUNDRY, "give the Lake Run to Mark Penny, not Rudi", handed(LAKE, "Mark Penny"), "‘not Rudi’"),
        (MUSEUM, "set Paper Moon to 20 seats instead of 12", seated(20), ""),
        (MUSEUM, "set Paper Moon to 20 seats instead of 16", seated(20), "Paper Moon: 12 seats, not 16."),
        (LAUNDRY, "set the fee of load 803 to 35 instead of 40 euros", charged(35), ""),
        (
            LAUNDRY,
            "set the fee of load 803 to 35 instead of 45 euros",
            charged(35),
            "The fee of load 803 is 40.00 EUR, not 45",
        ),
        (MARINA, "set job 902 to normal instead of rush", rushed("normal"), ""),
        (MUSEUM, "it will be 20 seats, not 12 (Paper Moon)", seated(20), ""),
        (MARINA, "set job 902 to normal instead of calm", rushed("normal"), "The urgency of 902 is rush, not calm."),
        (
            OFFICE,
            "extend Ada Quist's pass to 18 December, not 8 December",
            extended("2026-12-18", "18 December"),
            "",
        ),
        (
            OFFICE,
            "extend Ada Quist's pass to 18 December not 8 December",
            extended("2026-12-18", "18 December"),
            "5 Dec",
        ),
    ],
)
async def test_the_value_that_a_record_has_now_may_be_denied(
    there: FrozenWorld, text: str, call: dict[str, Any], told: str
) -> None:
    made = await verdict_of(there, text, call)
    assert isinstance(made, Plan), made
    assert [each for each in made.held if not told or told not in each] == []
    assert bool(made.held) is bool(told)


@pytest.mark.parametrize(
    ("there", "text", "call"),
    [
        (LAUNDRY, "give the Lake Run to Mark Penny, not the one on Friday", handed(LAKE, "Mark Penny")),
        (LAUNDRY, "give the Lake Run to Mark Penny instead of a break", handed(LAKE, "Mark Penny")),
        (LAUNDRY, "give the Lake Run to Mark Penny not on Monday", handed(LAKE, "Mark Penny")),
        (MUSEUM, "set Paper Moon to 20 seats not 14", seated(20)),
        (LAUNDRY, "set the fee of load 803 to 35 instead of 40 dollars", charged(35)),
        (MUSEUM, "set Paper Moon not to east", placed("east")),
        (LAUNDRY, "give the Lake Run not to Mark Penny", handed(LAKE, "Mark Penny")),
        (OFFICE, "extend Ada Quist's pass not to 18 December", extended("2026-12-18", "18 December")),
    ],
)
async def test_what_else_is_denied_is_asked_about(there: FrozenWorld, text: str, call: dict[str, Any]) -> None:
    assert isinstance(await verdict_of(there, text, call), Question)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("price for the Fern Tray 15 instead of 12.50", ""),
        ("price for the Fern Tray 15 instead of 13", "The price of Fern tray is 12.50 EUR, not 13."),
        ("set the price of the Fern Tray to 15 rather than 12.50", ""),
    ],
)
async def test_what_a_number_takes_the_place_of_is_no_part_of_a_name_and_no_unit(text: str, told: str) -> None:
    verdict = (await ask(NURSERY, text)).verdict
    assert isinstance(verdict, Plan), verdict
    assert [each.value for each in verdict.steps[0].filled] == [12, 1500]
    assert (told in verdict.held) is bool(told)


@pytest.mark.parametrize(
    ("text", "planned"),
    [
        ("set job 805 to waiting for parts, not finished", True),  # a word for "ready"
        ("set job 805 to waiting for parts, not on the lift", True),
        ("set job 805 to waiting for parts, not the brakes", False),
        ("set job 805 to waiting for parts, not polished", False),
    ],
)
async def test_another_word_for_a_member_that_is_not_meant_is_accounted_for(text: str, *, planned: bool) -> None:
    assert isinstance(await read_words(text, world("garage")), Plan) is planned
