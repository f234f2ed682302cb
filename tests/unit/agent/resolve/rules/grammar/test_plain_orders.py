"""Plain orders on a theatre's wardrobe, whose contracts say little more than their titles."""

from __future__ import annotations

from typing import Any, Final

import pytest

from agent.pipeline import Plan, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.rules.resolver import RuleResolver
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import define, list_rows, offer, refer
from tests.unit.own_worlds import NOW, OWNER

_ID: Final = {"name": "id", "type": "id", "search": "number"}
_NUMBER: Final = {"type": "integer", "minimum": 1}
_DAY: Final = {"type": "string", "format": "date"}
_TASKS: Final = ["mend", "wash", "press"]


def _now(parameter: str, field: str) -> dict[str, Any]:
    return {"replaces": {"parameter": parameter, "field": field}}


_CONTRACTS: Final = [
    offer("lend_out", "Put a costume into a show", "Use a costume of the stock in a show.", {
        "show_id": _NUMBER, "costume_id": _NUMBER, "pieces": _NUMBER}, {"show_id": refer("show"),
        "costume_id": refer("costume"), "pieces": {}}, aliases=["also use"]),
    offer("take_out", "Drop a costume from a show", "Don't use a costume in a show.", {"entry_id": _NUMBER}, {
        "entry_id": refer("entry")}),
    offer("open_job", "Open a job", "Have something done to a costume.", {"costume_id": _NUMBER,
        "task": {"type": "string", "enum": _TASKS}}, {"costume_id": refer("costume"), "task": {}}),
    offer("give_job", "Give a job to a tailor", "Say who does a job.", {"job_id": _NUMBER, "tailor_id": _NUMBER}, {
        "job_id": refer("job", status=["open"]), "tailor_id": refer("tailor")},
        examples=["Dora does job 790"]),
    offer("end_job", "Mark a job as finished", "Say that an open job is finished.", {"job_id": _NUMBER}, {
        "job_id": refer("job", status=["open"])}),
    offer("scrap_job", "Call a job off", "Strike an open job.", {"job_id": _NUMBER}, {
        "job_id": refer("job", status=["open"])}),
    offer("shift_fitting", "Move a fitting", "Put a fitting on another day.", {"fitting_id": _NUMBER, "day": _DAY}, {
        "fitting_id": refer("fitting"), "day": _now("fitting_id", "day")}),
    offer("plan_fitting", "Plan a fitting", "Plan a fitting for an actor.", {"actor_id": _NUMBER, "day": _DAY,
        "room": {"type": "string", "enum": ["attic", "cellar"]}}, {"actor_id": refer("actor"), "day": {},
        "room": {}}),
    offer("set_seats", "Change the seats of a show", "Say how many seats a show has.", {
        "show_id": _NUMBER, "seats": _NUMBER}, {"show_id": refer("show"), "seats": _now("show_id", "seats")}),
    offer("set_grams", "Note the weight of a costume", "Say how heavy a costume is.", {
        "costume_id": _NUMBER, "grams": _NUMBER}, {"costume_id": refer("costume"), "grams": {}}),
    offer("place_bid", "Make a bid", "Bid for a costume at a sale.", {"costume_id": _NUMBER, "francs": _NUMBER}, {
        "costume_id": refer("costume"), "francs": {}}),
]  # fmt: skip
_NAME: Final = {"name": "name", "search": "name"}
_KINDS: Final = [
    define("show", ["show", "shows"], [_ID, _NAME, {"name": "seats", "type": "integer", "ranged": True}],
        label="{name}"),
    define("costume", ["costume", "costumes"], [_ID, _NAME], label="{name}"),
    define("entry", ["entry", "entries"], [_ID, {"name": "show_id", "type": "id"},
        {"name": "costume_id", "type": "id"}],
        relations=[{"kind": "show", "via": "show_id"}, {"kind": "costume", "via": "costume_id"}]),
    define("tailor", ["tailor", "tailors"], [_ID, _NAME], label="{name}"),
    define("actor", ["actor", "actors"], [_ID, _NAME, {"name": "email", "type": "email", "search": "email"}],
        label="{name}"),
    define("job", ["job", "jobs"], [_ID, {"name": "costume_id", "type": "id"}, {"name": "tailor_id", "type": "id"},
        {"name": "task", "type": "enum", "values": _TASKS},
        {"name": "status", "type": "enum", "values": ["open", "finished"]}],
        relations=[{"kind": "costume", "via": "costume_id"}, {"kind": "tailor", "via": "tailor_id"}],
        states={"open": {"status": ["open"]}, "finished": {"status": ["finished"]}}),
    define("fitting", ["fitting", "fittings"], [_ID, {"name": "actor_id", "type": "id"},
        {"name": "day", "type": "date", "ranged": True}], relations=[{"kind": "actor", "via": "actor_id"}],
        order="day"),
]  # fmt: skip
_RECORDS: Final = {
    "show": list_rows("id name seats", (11, "Winter Bride", 80), (12, "Paper Moon", 60)),
    "costume": list_rows("id name", (21, "Green Cloak"), (22, "Straw Hat"), (23, "Velvet Coat")),
    "entry": list_rows("id show_id costume_id", (31, 11, 21), (32, 12, 21), (33, 12, 22)),
    "tailor": list_rows("id name", (41, "Dora Finch"), (42, "Emil Roth")),
    "actor": list_rows("id name email", (51, "Nell Dyer", "n@post.example"), (52, "Hugo Bast", "h@post.example")),
    "job": list_rows("id costume_id tailor_id task status", (61, 21, 41, "mend", "open"), (62, 22, 42, "wash", "open"),
        (63, 22, 41, "mend", "open")),
    "fitting": list_rows("id actor_id day", (71, 51, "2026-12-03"), (72, 52, "2026-12-09")),
}  # fmt: skip
_WARDROBE: Final = FrozenWorld({"contracts": _CONTRACTS, "kinds": _KINDS, "records": _RECORDS})


async def _calls_of(text: str) -> list[tuple[str, dict[str, Any]]] | None:
    """The calls that would be sent; None where nothing is planned."""
    there = _WARDROBE.context(_WARDROBE.provider({}))
    task = Task(Request(text=text, now=NOW), OWNER, there, "run_00000000000000000000000001")
    verdict = (await propose(task, RuleResolver())).verdict
    if not isinstance(verdict, Plan):
        return None
    return [(each.action.rpartition(".")[2], {one.param: one.value for one in each.filled}) for each in verdict.steps]


@pytest.mark.parametrize(
    ("text", "action", "values"),
    [
        ("put 3 straw hats into the winter bride", "lend_out", {"show_id": 11, "costume_id": 22, "pieces": 3}),
        ("drop the green cloak from the paper moon", "take_out", {"entry_id": 32}),
        ("drop Green Cloak from Winter Bride", "take_out", {"entry_id": 31}),
    ],
)
async def test_names_are_tried_as_either_of_two_records(text: str, action: str, values: dict[str, Any]) -> None:
    assert await _calls_of(text) == [(action, values)]


@pytest.mark.parametrize(
    ("text", "action", "values"),
    [
        ("give the washing of the Straw Hat to Dora", "give_job", {"job_id": 62, "tailor_id": 41}),
        ("the washing of the Straw Hat is finished", "end_job", {"job_id": 62}),
        ("have the Velvet Coat pressed", "open_job", {"costume_id": 23, "task": "press"}),
    ],
)
async def test_a_deed_with_its_article_is_a_record_that_there_is(
    text: str, action: str, values: dict[str, Any]
) -> None:
    assert await _calls_of(text) == [(action, values)]


@pytest.mark.parametrize(
    "text",
    [
        "job 61 isn't finished",
        "job 61 is nearly finished",
        "Nell says job 61 is finished",
        "Nell claims her job is finished",
        "the job that is finished",
        "is job 61 finished?",
        "job 61 will be finished on Friday",
    ],
)
async def test_what_is_denied_claimed_or_to_come_is_no_report(text: str) -> None:
    assert await _calls_of(text) is None


async def test_a_denial_beside_what_is_done_is_not_passed_over() -> None:
    assert await _calls_of("job 61 is finished. The job on the Straw Hat isn't, the lining is torn") is None


async def test_a_title_says_what_shall_be_true_of_a_record() -> None:
    assert await _calls_of("job 61 is finished") == [("end_job", {"job_id": 61})]
    assert await _calls_of("call off job 61") == [("scrap_job", {"job_id": 61})]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Nell's fitting should be on Monday", "2026-11-30"),
        ("Nell's fitting is on Monday now", "2026-11-30"),
        ("put Nell's fitting on Monday", "2026-11-30"),
        ("Nell's fitting should be a week later", "2026-12-10"),
        ("move Nell's fitting two days earlier", "2026-12-01"),
    ],
)
async def test_a_new_day_is_told_as_what_shall_be(text: str, day: str) -> None:
    assert await _calls_of(text) == [("shift_fitting", {"fitting_id": 71, "day": day})]


@pytest.mark.parametrize(
    "text",
    [
        "Nell's fitting is on Monday",
        "Nell's fitting isn't on Monday now",
        "Nell's fitting was to be on Monday instead",
        "Nell's fitting should not be on Monday",
        "Nell's fitting should be at least a week later",
        "Nell's fitting could be a week later",
        "Nell's fitting should be on Monday or Tuesday",
        "Nell's fitting should be on Monday if she agrees",
    ],
)
async def test_what_may_or_shall_not_be_moves_nothing(text: str) -> None:
    assert await _calls_of(text) is None


@pytest.mark.parametrize(
    ("text", "action", "values"),
    [
        ("the Paper Moon is 70 seats now", "set_seats", {"show_id": 12, "seats": 70}),
        ("5 seats more for the Paper Moon", "set_seats", {"show_id": 12, "seats": 65}),
        ("the Velvet Coat is 2.5 kilos", "set_grams", {"costume_id": 23, "grams": 2500}),
    ],
)
async def test_a_number_is_found_by_what_it_counts_or_measures(text: str, action: str, values: dict[str, Any]) -> None:
    assert await _calls_of(text) == [(action, values)]


async def test_the_deed_of_a_light_verb_orders_by_itself() -> None:
    assert await _calls_of("bid 25 for the Velvet Coat") == [("place_bid", {"costume_id": 23, "francs": 25})]


async def test_an_example_that_begins_with_a_name_has_its_verb_behind_it() -> None:
    assert await _calls_of("Emil does job 61") == [("give_job", {"job_id": 61, "tailor_id": 42})]
    assert await _calls_of("Dora is on the phone") is None


async def test_a_platforms_own_name_orders_nothing() -> None:
    assert await _calls_of("the marina is closed") is None
