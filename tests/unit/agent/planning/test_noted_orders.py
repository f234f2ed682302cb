"""Orders with words beside their values: these are the note, or the title, or they are asked about."""

from __future__ import annotations

from typing import Any, Final

import pytest

from agent.pipeline import Plan, Question
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows, refer
from tests.unit.marina import offer as offer_of_marina

_NUMBER: Final = {"type": "integer", "minimum": 1}
_TEXT: Final = {"type": "string", "maxLength": 400}
_DAY: Final = {"type": "string", "format": "date"}
_TIME: Final = {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"}
_POTTER: Final = {"type": "string", "enum": ["Bela", "Cato"]}


def _offer(name: str, title: str, properties: dict[str, Any], notes: dict[str, Any], **more: Any) -> Any:
    made = offer_of_marina(name, title, f"{title}.", properties, notes, **more)
    return {**made, "name": f"kiln.{name}", "endpoint": {"url": f"https://platform.invalid/kiln.{name}"}}


_WORLD: Final[dict[str, Any]] = {
        "contracts": [
            _offer("book_firing", "Book a firing", {
                "patron_id": _NUMBER, "glaze": {"type": "string", "enum": ["celadon", "tenmoku"]}, "day": _DAY,
                "note": _TEXT}, {"patron_id": refer("patron"), "glaze": {}, "day": {},
                "note": {"label": "Note to the shed"}}, aliases=["new firing"], optional=["note"]),
            _offer("stop_firing", "Stop a firing", {"patron_id": _NUMBER, "reason": _TEXT}, {
                "patron_id": refer("patron"), "reason": {}}, risk="irreversible", optional=["reason"]),
            _offer("log_flaw", "Log a flaw", {
                "title": _TEXT, "weight": {"type": "string", "enum": ["light", "heavy"], "default": "light"},
                "mend_by": _DAY, "price": {"type": "integer", "minimum": 1}}, {
                "title": {"label": "What is wrong"}, "weight": {}, "mend_by": {},
                "price": {"unit": "money_minor", "currency": "EUR"}},
                aliases=["new flaw"], optional=["weight", "mend_by", "price"]),
            _offer("plan_errand", "Plan an errand", {
                "title": _TEXT, "due_on": _DAY, "hand": _POTTER, "patron_id": _NUMBER}, {
                "title": {}, "due_on": {"ask": "By when?"}, "hand": {}, "patron_id": refer("patron")},
                aliases=["new errand"], optional=["hand", "patron_id"]),
            _offer("plan_course", "Plan a new course", {
                "title": _TEXT, "day": _DAY, "starts_at": _TIME, "patron_id": _NUMBER, "seats": _NUMBER}, {
                "title": {}, "day": {}, "starts_at": {}, "patron_id": refer("patron"), "seats": {}},
                aliases=["new course"], optional=["seats"]),
            _offer("rest_helper", "Give a helper a day off", {"helper_id": _NUMBER, "day": _DAY}, {
                "helper_id": refer("helper"), "day": {}}),
            _offer("drop_course", "Drop a course", {"course_id": _NUMBER}, {"course_id": refer("course")}),
            _offer("note_patron", "Note something on a patron", {"patron_id": _NUMBER, "note": _TEXT}, {
                "patron_id": refer("patron"), "note": {}}),
            _offer("message_patron", "Message a patron", {"patron_id": _NUMBER, "text": _TEXT}, {
                "patron_id": refer("patron"), "text": {"compose": True}}, aliases=["tell"], risk="irreversible"),
        ],
        "kinds": [
            define("helper", ["helper", "helpers"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}],
                label="{name}"),
            define("course", ["course", "courses"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}],
                label="{name}"),
            define("patron", ["patron", "patrons"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
                {"name": "email", "type": "email", "search": "email"}], label="{name}"),
        ],
        "records": {
            "helper": list_rows("id name", (1, "Tess Blum")),
            "course": list_rows("id name", (1, "Slow Wheel")),
            "patron": list_rows("id name email", (1, "Ada Quist", "ada@kiln.example"),
                (2, "Orrin Vale", "orrin@kiln.example")),
        },
}  # fmt: skip
KILN: Final = FrozenWorld(_WORLD)
SHED: Final = FrozenWorld(
    {**_WORLD, "contracts": [each for each in _WORLD["contracts"] if "text" not in str(each["parameters"])]}
)


async def _read(text: str) -> tuple[str, dict[str, Any], tuple[str, ...]] | None:
    made = (await ask(KILN, text)).verdict
    if not isinstance(made, Plan):
        return None
    (step,) = made.steps
    filled = {each.param: each.value for each in step.filled if each.param != "weight" or each.value != "light"}
    return step.action.removeprefix("kiln."), filled, made.held


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("book a celadon firing for orrin on friday, use the side door", "use the side door"),
        ("celadon firing for orrin friday - there is no lift", "there is no lift"),
        ("new firing for orrin, celadon, friday, note: shelf 3 is wet, ring twice", "shelf 3 is wet, ring twice"),
        ("celadon firing for orrin friday, tell the shed: low shelf", "low shelf"),
        ('celadon firing for orrin friday, shed note "low shelf, door open"', "low shelf, door open"),
        ("new firing for orrin, celadon, friday, note says low shelf", "low shelf"),
    ],
)
async def test_words_behind_an_order_are_its_note_and_the_card_waits(text: str, note: str) -> None:
    made = await _read(text)
    assert made is not None
    action, filled, held = made
    assert (action, filled) == (
        "book_firing", {"patron_id": 2, "glaze": "celadon", "day": "2026-11-27", "note": note})  # fmt: skip
    assert held


@pytest.mark.parametrize(
    "behind",
    [
        "leave it", "the later one", "a bit later", "two hours", "next month", "half of that", "tell ada",
        "then send them a list", "only if it is dry", "and ada too", "ada as well",
        "or tenmoku", "stop the other one", "both kilns", "text everybody", "upper kiln instead", "upper shelf too",
        "and stack the shelves", "then stack the shelves", "softly",
    ],
)  # fmt: skip
async def test_what_changes_an_order_is_no_note(behind: str) -> None:
    made = await _read(f"book a celadon firing for orrin on friday, {behind}")
    assert made is None or "note" not in made[1]


@pytest.mark.parametrize(
    ("text", "action", "values"),
    [
        ("errand - fetch the clay, cato takes it, friday", "plan_errand",
            {"title": "fetch the clay", "hand": "Cato", "due_on": "2026-11-27"}),
        ("log flaw lid cracked by 2 december", "log_flaw", {"title": "lid cracked", "mend_by": "2026-12-02"}),
        ("new flaw: lid cracked, 40 euro, heavy", "log_flaw",
            {"title": "lid cracked", "price": 4000, "weight": "heavy"}),
        ("set up Plum Glazing with orrin friday 4:30pm, 12 seats", "plan_course",
            {"title": "Plum Glazing", "patron_id": 2, "day": "2026-11-27", "starts_at": "16:30", "seats": 12}),
        ("add a Plum Glazing with orrin friday 4:30pm", "plan_course",
            {"title": "Plum Glazing", "patron_id": 2, "day": "2026-11-27", "starts_at": "16:30"}),
        ("add a Slow Wheel with orrin friday 4:30pm", "plan_course",
            {"title": "Slow Wheel", "patron_id": 2, "day": "2026-11-27", "starts_at": "16:30"}),
        ("put on Ada's card that hay makes her sneeze", "note_patron",
            {"patron_id": 1, "note": "hay makes her sneeze"}),
        ("ada: hay makes her sneeze, write that down", "note_patron",
            {"patron_id": 1, "note": "hay makes her sneeze"}),
        ("ada quist - hay makes her sneeze. put that on her page", "note_patron",
            {"patron_id": 1, "note": "hay makes her sneeze"}),
    ],
)  # fmt: skip
async def test_a_text_ends_where_values_of_its_action_begin(text: str, action: str, values: dict[str, Any]) -> None:
    made = await _read(text)
    assert made is not None
    assert made[:2] == (action, values)


@pytest.mark.parametrize(
    "text",
    ["new flaw: lid cracked, heavy duty", "new flaw: lid cracked, not heavy", "new flaw: lid cracked, by 1/12"],
)
async def test_a_text_that_may_hold_another_value_waits(text: str) -> None:
    made = await _read(text)
    assert made is None or made[2], "nobody said that it is no value"


@pytest.mark.parametrize(
    "text",
    [
        "set the Plum Glazing with orrin friday 4:30pm",
        "add the Plum Glazing with orrin friday 4:30pm",
        "add mirko to Plum Glazing with orrin friday 4:30pm",
        "add two Plum Glazings with orrin friday 4:30pm",
        "put tess blum in plum glazing with orrin friday 4:30pm",
        "put ada's card that hay makes her sneeze",
        "stop the firing for orrin, use the side door",
        "don't book a celadon firing for orrin on friday, use the side door",
    ],
)
async def test_words_that_order_nothing_new_are_no_text(text: str) -> None:
    assert await _read(text) is None


async def test_a_title_in_quotation_marks_may_stand_behind_a_particle() -> None:
    made = (await ask(SHED, 'put on "Wheel for All" with orrin friday 4:30pm')).verdict
    assert isinstance(made, Plan)
    assert {each.param: each.value for each in made.steps[0].filled}["title"] == "Wheel for All"


async def test_a_new_thing_asks_for_the_one_value_that_it_lacks() -> None:
    asked = (await ask(KILN, "errand: a card for mirko")).verdict
    assert isinstance(asked, Question)
    assert asked.param == "due_on", "and nobody has to be called Mirko"


async def test_what_is_written_up_is_sent_to_nobody() -> None:
    asked = (await ask(KILN, "write up orrin: lid cracked")).verdict
    assert isinstance(asked, Question)
    assert asked.slot == "action"


async def test_something_is_no_note() -> None:
    asked = (await ask(KILN, "note something on Ada")).verdict
    assert isinstance(asked, Question), asked
    assert asked.param == "note"
