"""Somebody's record, where several have the name: the records of all of them are offered at once, if these are few."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Answer, Plan, Question, Reply, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.model.resolver import ProposingResolver
from evals.cases.frozen_world import FrozenWorld
from tests.unit.own_worlds import NOW, OWNER, Says, answer, came_of, find, number, plan


def cancel(lesson: dict[str, Any]) -> dict[str, Any]:
    return plan({"action": "cancel_lesson", "lesson_id": lesson})


def of_berg(**more: Any) -> dict[str, Any]:
    return find("lesson", None, {"belongs_to": find("rider", "Berg")}, **more)


@pytest.mark.parametrize("lesson", [of_berg(), find("lesson", "Berg")])
async def test_the_records_of_all_who_have_the_name_are_offered_each_with_its_owner(lesson: dict[str, Any]) -> None:
    asked = (await came_of("cancel the Berg lesson", cancel(lesson), "riding")).verdict
    assert isinstance(asked, Question), asked
    assert asked.slot == "0.lesson_id"
    assert asked.text == (
        "Two riders are called ‘Berg’: which lesson do you mean, lesson 606: hack of Lotte Berg (1 Dec 2026) or "
        "lesson 601: hack of Annika Berg (26 Nov 2026)?"
    )
    assert [each.id for each in asked.candidates] == ["606", "601"]


@pytest.mark.parametrize(
    "answer",
    [
        {"choice": "601", "text": "lesson 601"},
        {"text": "Annika Berg"},
        {"text": "Annika's"},
        {"text": "the second one"},
        {"text": "601"},
    ],
)
async def test_one_answer_tells_the_record(answer: dict[str, str]) -> None:
    answers = [Answer(slot="0.lesson_id", **answer)]
    made = (await came_of("cancel the Berg lesson", cancel(of_berg()), "riding", answers=answers)).verdict
    assert isinstance(made, Plan), made
    assert made.steps[0].filled[0].value == 601


async def test_a_chosen_record_tells_who_is_meant_by_the_name_elsewhere_too() -> None:
    level = {"value": "advanced", "quote": "advanced"}
    steps = plan(
        cancel(of_berg())["steps"][0], {"action": "set_level", "rider_id": find("rider", "Berg"), "level": level}
    )
    answers = [Answer(slot="0.lesson_id", choice="601", text="lesson 601")]
    made = (await came_of("cancel the Berg lesson and set Berg to advanced", steps, "riding", answers=answers)).verdict
    assert isinstance(made, Plan), made
    assert [step.filled[0].value for step in made.steps] == [601, 11]


async def test_the_only_record_of_all_of_them_is_asked_about_and_never_taken() -> None:
    job = find("job", None, {"belongs_to": find("customer", "Marcus")})
    asked = (await came_of("cancel Marcus' job", plan({"action": "cancel_job", "job_id": job}), "garage")).verdict
    assert isinstance(asked, Question), asked
    assert asked.text == "Two customers are called ‘Marcus’: is it job 803: oil change of Marcus Thorne?"
    assert [each.id for each in asked.candidates] == ["803"]


async def test_a_second_owner_who_is_named_tells_whose_it_is() -> None:
    lesson = find("lesson", None, {"belongs_to": find("rider", "Berg")}, {"belongs_to": find("horse", "Caramel")})
    made = (await came_of("cancel the Berg lesson on Caramel", cancel(lesson), "riding")).verdict
    assert isinstance(made, Plan), made
    assert made.steps[0].filled[0].value == 606
    lesson = find("lesson", None, {"belongs_to": find("rider", "Berg")}, {"belongs_to": find("horse", "Moonlight")})
    assert isinstance(
        (await came_of("cancel the Berg lesson on Moonlight", cancel(lesson), "riding")).verdict, Question
    )


async def test_a_question_is_about_the_only_one_of_them_who_has_such_records() -> None:
    lent = find("loan", None, {"belongs_to": find("member", "Ruth")}, pick="all")
    told = (await came_of("how many loans does Ruth have", answer(value={"count": lent}, about=None))).verdict
    assert isinstance(told, Reply), told
    assert told.count == 1
    assert "Ruth Meyer" in told.text
    every = {"action": "renew_loan", "loan_id": lent, "days": number(7, "7 days", "days")}
    assert isinstance((await came_of("renew all of Ruth's loans by 7 days", plan(every))).verdict, Question)


async def test_records_of_one_of_them_alone_are_offered_as_hers() -> None:
    asked = await _send(_depot(("Halden Ost", "Halden West"), 2, having=1))
    assert isinstance(asked, Question), asked
    assert asked.text.startswith("Two crates of Halden Ost could be meant: ")


async def test_what_a_record_ends_with_and_its_owner_begins_with_is_said_once() -> None:
    asked = await _send(_depot(("Halden Ost", "Halden West"), 1, "crate {id}: Halden"))
    assert isinstance(asked, Question), asked
    assert "crate 20: Halden West" in asked.text
    assert "of Halden" not in asked.text


@pytest.mark.parametrize(
    "more", [{"order": {"by": "as listed", "first": "latest", "nth": 1}}, {"pick": "all"}, {"pick": 2}]
)
async def test_for_the_last_or_all_of_somebodys_it_is_asked_who_is_meant(more: dict[str, Any]) -> None:
    asked = (await came_of("cancel the Berg lesson", cancel(of_berg(**more)), "riding")).verdict
    assert isinstance(asked, Question), asked
    assert {each.label for each in asked.candidates} == {"Annika Berg", "Lotte Berg"}


def _depot(names: tuple[str, ...], each: int, label: str = "crate {id}", having: int = 9) -> FrozenWorld:
    """A depot's clients, each of the first ``having`` with so many crates."""
    fields = [{"name": "id", "type": "id", "search": "number"}, {"name": "client_id", "type": "id"}]
    named = [{"name": "id", "type": "id", "search": "number"}, {"name": "name", "search": "name"}]
    relations = [{"kind": "client", "via": "client_id"}]
    crates = [
        {"id": 10 * at + one, "client_id": at} for at in range(1, 1 + min(having, len(names))) for one in range(each)
    ]
    contract = {
        "schema": "opsiq/contract/v1", "name": "depot.send_crate", "title": "Send a crate",
        "description": "Send a crate to its client.", "surfaces": ["admin"], "roles": ["owner"],
        "parameters": {
            "type": "object", "additionalProperties": False, "required": ["crate_id"],
            "properties": {"crate_id": {"type": "integer"}},
        },
        "annotations": {"crate_id": {"record": "crate"}}, "endpoint": {"url": "https://depot.example/send"},
    }  # fmt: skip
    return FrozenWorld(
        {
            "contracts": [contract],
            "kinds": [
                {"name": "client", "title": "Client", "nouns": ["client"], "label": "{name}", "fields": named},
                {
                    "name": "crate", "title": "Crate", "nouns": ["crate", "crates"], "label": label,
                    "fields": fields, "relations": relations,
                },
            ],
            "records": {"client": [{"id": at, "name": name} for at, name in enumerate(names, 1)], "crate": crates},
        }
    )  # fmt: skip


async def _send(there: FrozenWorld) -> Verdict:
    crate = find("crate", None, {"belongs_to": find("client", "Halden")})
    said = {"understood": "", "result": plan({"action": "send_crate", "crate_id": crate}), "rest": []}
    request = Request(text="send the Halden crate", now=NOW)
    task = Task(request, OWNER, there.context(there.provider({})), "run_00000000000000000000000001")
    return (await propose(task, ProposingResolver(Says(said)))).verdict


@pytest.mark.parametrize(("each", "slot"), [(4, "0.crate_id"), (5, "0.crate_id/client"), (0, "0.crate_id/client")])
async def test_whose_it_is_is_asked_where_their_records_are_many_or_none(each: int, slot: str) -> None:
    asked = await _send(_depot(("Halden Stone", "Halden Wool"), each))
    assert isinstance(asked, Question), asked
    assert asked.slot == slot


async def test_owners_who_have_the_same_name_are_told_apart_and_lookalikes_are_told_first() -> None:
    asked = await _send(_depot(("Halden Stone", "Halden Stone"), 1))
    assert isinstance(asked, Question), asked
    assert "crate 10 of Halden Stone (1)" in asked.text, asked.text
    asked = await _send(_depot(("Halden Stone", "Halden St\u043ene"), 1))  # the second with a Cyrillic o
    assert isinstance(asked, Question), asked
    assert asked.slot == "0.crate_id/client"
    assert any("CYRILLIC" in mark for each in asked.candidates for mark in each.marks)


async def test_the_question_has_the_beginning_of_a_label_and_the_choices_have_all_of_it() -> None:
    asked = await _send(_depot(("Halden Stone", "Halden Wool"), 1, "crate {id} · 40 kg · in the hall"))
    assert isinstance(asked, Question), asked
    assert asked.text.endswith("which crate do you mean, crate 10 of Halden Stone or crate 20 of Halden Wool?"), (
        asked.text
    )
    assert asked.candidates[0].label == "crate 10 · 40 kg · in the hall"


async def test_the_only_one_that_further_words_fit_is_taken_and_its_card_waits_and_says_so() -> None:
    day = {"field": "day", "op": "during", "value": {"date": "2026-12-01", "quote": "1 December"}}
    lesson = find("lesson", None, {"belongs_to": find("rider", "Berg")}, day)
    swap = plan({"action": "swap_horse", "lesson_id": lesson, "horse_id": find("horse", "Moonlight")})
    made = (await came_of("put the Berg lesson of 1 December on Moonlight", swap, "riding")).verdict
    assert isinstance(made, Plan), made
    assert made.steps[0].filled[0].value == 606
    assert "Two riders are called ‘Berg’, and only Lotte Berg has such a lesson." in made.held
