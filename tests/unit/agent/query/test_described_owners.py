"""A related record that is described and not named only restricts: whatever fits the description may be it."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Answer, Plan, Question, Reply, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.model.resolver import ProposingResolver
from evals.cases.frozen_world import FrozenWorld
from registry.records import Query
from tests.unit.own_worlds import NOW, OWNER, Says, answer, came_of, find, number, plan

CELLAR = find("item", None, {"field": "shelf", "op": "=", "value": {"word": "cellar", "quote": "cellar"}})


def of(*owners: Any) -> list[dict[str, Any]]:
    return [{"belongs_to": each} for each in owners]


def renew(loan: dict[str, Any]) -> dict[str, Any]:
    return plan({"action": "renew_loan", "loan_id": loan, "days": number(5, "5 days", "days")})


def waive(fine: dict[str, Any]) -> dict[str, Any]:
    return plan({"action": "waive_fine", "fine_id": fine, "amount": None})


async def test_the_one_loan_that_fits_is_meant_though_several_items_fit_what_was_said_of_its_item() -> None:
    loan = find("loan", None, *of(find("member", "Piet Vos"), CELLAR))
    made = (await came_of("renew Piet Vos cellar loan by 5 days", renew(loan))).verdict
    assert isinstance(made, Plan), made
    assert [step.filled[0].value for step in made.steps] == [505]
    pinned = {(pin.record_kind, pin.record_id) for pin in made.steps[0].pins}
    assert {("member", "5"), ("item", "102")} <= pinned


async def test_several_that_fit_are_asked_about_themselves_and_not_their_owners() -> None:
    front = find("item", None, {"any_of": [{"state": "front", "not": False}, {"state": "back", "not": False}]})
    asked = (await came_of("renew the front or back loan by 5 days", renew(find("loan", None, *of(front))))).verdict
    assert isinstance(asked, Question), asked
    assert asked.slot == "0.loan_id"
    assert {each.id for each in asked.candidates} == {"501", "502"}
    again = [Answer(slot=asked.slot, choice="502", text="loan 502")]
    loan = find("loan", None, *of(front))
    made = (await came_of("renew the front or back loan by 5 days", renew(loan), answers=again)).verdict
    assert isinstance(made, Plan), made
    assert made.steps[0].filled[0].value == 502


async def test_a_name_that_several_have_stays_a_question_beside_a_description() -> None:
    loan = find("loan", None, *of(find("member", "Ruth"), CELLAR))
    asked = (await came_of("renew Ruth's cellar loan by 5 days", renew(loan))).verdict
    assert isinstance(asked, Question), asked
    assert {each.label for each in asked.candidates} == {"Ruth Abara", "Ruth Meyer"}


LAST = {"by": "as listed", "first": "latest", "nth": 1}


@pytest.mark.parametrize("more", [{"order": LAST}, {"pick": "all"}, {"pick": 2}])
async def test_whose_they_are_is_asked_where_the_last_or_all_of_somebody_described_are_meant(more: Any) -> None:
    anybody = find("member", None, {"field": "status", "op": "=", "value": {"word": "active", "quote": "active"}})
    asked = (
        await came_of("waive the fines of the active member", waive(find("fine", None, *of(anybody), **more)))
    ).verdict
    assert isinstance(asked, Question), asked
    assert asked.slot == "0.fine_id/member"
    assert "Ines Duarte" in asked.text


async def test_the_last_of_somebody_who_is_named_may_be_of_any_that_is_described() -> None:
    anywhere = find("item", None, {"any_of": [{"state": each, "not": False} for each in ("front", "cellar")]})
    loan = find("loan", None, *of(find("member", "Ines Duarte"), anywhere), order=LAST)
    made = (await came_of("renew the last front or cellar loan of Ines Duarte by 5 days", renew(loan))).verdict
    assert isinstance(made, Plan), made
    assert made.steps[0].filled[0].value == 501


@pytest.mark.parametrize("related", [CELLAR, {**CELLAR, "pick": "all"}])
@pytest.mark.parametrize("pick", ["one", "all"])
async def test_a_question_is_answered_for_all_that_a_description_fits(related: Any, pick: str) -> None:
    members = find("member", None, {"has": find("loan", None, *of(related), pick=pick), "op": ">=", "n": 1}, pick="all")
    made = (await came_of("who has something from the cellar?", answer(records=members, fields=[]))).verdict
    assert isinstance(made, Reply), made
    assert {each.id for each in made.records} == {"1", "5"}
    assert made.text.startswith("2 members with loans of items (shelf cellar): "), made.text


async def test_what_they_have_restricts_whose_records_are_meant_in_an_order_too() -> None:
    having = find("member", None, {"has": find("loan", None, *of(CELLAR), pick="all"), "op": ">=", "n": 1}, pick="all")
    fines = find("fine", None, {"state": "due", "not": False}, *of(having), pick="all")
    made = (await came_of("waive all due fines of those who have had something from the cellar", waive(fines))).verdict
    assert isinstance(made, Plan), made
    assert {step.filled[0].value for step in made.steps} == {31, 33, 34}


async def test_records_of_any_that_a_description_fits_are_listed() -> None:
    loans = find("loan", None, *of(CELLAR), pick="all")
    made = (await came_of("what is out from the cellar?", answer(records=loans, fields=[]))).verdict
    assert isinstance(made, Reply), made
    assert {each.id for each in made.records} == {"504", "505"}


async def test_what_nothing_fits_is_said_to_be_missing() -> None:
    nothing = find("item", None, {"field": "worth", "op": ">", "value": number(9000, "9000", "EUR")})
    loan = find("loan", None, *of(find("member", "Piet Vos"), nothing))
    asked = (await came_of("renew the loan over 9000 of Piet Vos by 5 days", renew(loan))).verdict
    assert isinstance(asked, Question), asked
    assert asked.text == "There is no such item."


_ID = {"name": "id", "type": "id", "search": "number"}
_PORT = {
    "contracts": [
        {
            "schema": "opsiq/contract/v1", "name": "port.open_box", "title": "Open a box",
            "description": "Open a box for inspection.", "surfaces": ["admin"], "roles": ["owner"],
            "parameters": {
                "type": "object", "additionalProperties": False, "required": ["box_id"],
                "properties": {"box_id": {"type": "integer"}},
            },
            "annotations": {"box_id": {"record": "box"}}, "endpoint": {"url": "https://port.example/open"},
        }
    ],
    "kinds": [
        {
            "name": "ship", "title": "Ship", "nouns": ["ship", "ships"], "label": "ship {id}",
            "fields": [_ID, {"name": "flag", "type": "enum", "values": ["red", "blue"]}],
        },
        {
            "name": "hold", "title": "Hold", "nouns": ["hold", "holds"], "label": "hold {id}",
            "fields": [_ID, {"name": "ship_id", "type": "id"}], "relations": [{"kind": "ship", "via": "ship_id"}],
        },
        {
            "name": "box", "title": "Box", "nouns": ["box", "boxes"], "label": "box {id}",
            "fields": [_ID, {"name": "hold_id", "type": "id"}], "relations": [{"kind": "hold", "via": "hold_id"}],
        },
    ],
}  # fmt: skip
BLUE = find("ship", None, {"state": "blue", "not": False})


async def _open(ships: int, boxes: int, box: dict[str, Any], *answers: Answer) -> tuple[Any, int]:
    """What comes of opening a box where each of so many blue ships has one hold with so many boxes, and how often the
    platform was asked."""
    records = {
        "ship": [{"id": each, "flag": "blue"} for each in range(1, ships + 1)],
        "hold": [{"id": 100 + each, "ship_id": each} for each in range(1, ships + 1)],
        "box": [{"id": 1000 * each + at, "hold_id": 100 + each} for each in range(1, ships + 1) for at in range(boxes)],
    }
    there = FrozenWorld({**_PORT, "records": records})
    context = there.context(Counts(there.provider({})))
    said = {"understood": "", "result": plan({"action": "open_box", "box_id": box}), "rest": []}
    request = Request(text="open the box on the blue ship", now=NOW, answers=answers)
    task = Task(request, OWNER, context, "run_00000000000000000000000001")
    Counts.asked = 0
    return (await propose(task, ProposingResolver(Says(said)))).verdict, Counts.asked


class Counts:
    """A platform that counts its searches."""

    asked = 0

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def kinds(self) -> Any:
        return self.inner.kinds()

    async def search(self, query: Query) -> Any:
        Counts.asked += 1
        return await self.inner.search(query)

    async def get(self, kind: str, record_id: str) -> Any:
        Counts.asked += 1
        return await self.inner.get(kind, record_id)


async def test_a_description_of_a_description_only_restricts_too() -> None:
    holds = find("hold", None, *of(BLUE))
    numbered = {"field": "id", "op": "=", "value": number(2000, "x")}
    asked, _ = await _open(3, 1, find("box", None, *of(holds), numbered))
    assert isinstance(asked, Question), asked
    assert [each.id for each in asked.candidates] == ["2000"]


async def test_more_records_than_are_offered_are_asked_about_by_their_owners() -> None:
    box = find("box", None, *of(BLUE))
    asked, _ = await _open(2, 5, box)
    assert isinstance(asked, Question), asked
    assert asked.slot == "0.box_id/ship"
    asked, _ = await _open(2, 5, box, Answer(slot="0.box_id/ship", choice="2", text="ship 2"))
    assert isinstance(asked, Question), asked
    assert {each.id for each in asked.candidates} == {"2000", "2001", "2002", "2003", "2004"}


async def test_what_fits_a_description_is_not_searched_one_by_one_where_it_is_much() -> None:
    asked, searches = await _open(400, 1, find("box", None, *of(BLUE)))
    assert isinstance(asked, Question), asked
    assert asked.slot == "0.box_id/ship"
    assert searches < 100, searches
