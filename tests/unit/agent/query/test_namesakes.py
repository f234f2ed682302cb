"""Records that read the same: choices are told apart, and a question is answered for each of them."""

from __future__ import annotations

from agent.pipeline import Question, Reply
from tests.unit.own_worlds import answer, came_of, find, plan


async def test_choices_that_would_read_the_same_say_what_differs() -> None:
    one = answer(records=find("hire", "Opel Corsa"), fields=[])
    asked = (await came_of("show the Opel Corsa hire", one, "garage")).verdict
    assert isinstance(asked, Question), asked
    assert [each.label for each in asked.candidates] == ["Opel Corsa (out)", "Opel Corsa (back)"]


async def test_choices_with_labels_of_their_own_stay_as_they_are() -> None:
    bill = plan({"action": "cancel_job", "job_id": find("job", None, {"belongs_to": find("customer", "Marcus")})})
    asked = (await came_of("cancel Marcus' job", bill, "garage")).verdict
    assert isinstance(asked, Question), asked
    assert [each.label for each in asked.candidates] == ["job 803: oil change"]


async def test_a_fact_asked_of_namesakes_is_told_of_each() -> None:
    told = (
        await came_of(
            "which town is Marcus from", answer(records=find("customer", "Marcus"), fields=["town"]), "garage"
        )
    ).verdict
    assert isinstance(told, Reply), told
    assert told.text == "2 customers matching ‘Marcus’: Marcus Webb (town Malmo); Marcus Thorne (town Lund)."
    assert told.count == 2


async def test_a_listing_tells_records_of_one_label_apart() -> None:
    told = (await came_of("list the hires", answer(records=find("hire", pick="all"), fields=[]), "garage")).verdict
    assert isinstance(told, Reply), told
    assert told.text == (
        "3 courtesy cars: Opel Corsa (Marcus Webb, ends on 27 Nov 2026, out); Renault Clio (Greta Holm, ends on "
        "25 Nov 2026, out); Opel Corsa (Owen Price, ends on 15 Oct 2026, back)."
    )


async def test_who_is_meant_by_a_name_alone_is_still_asked() -> None:
    told = (await came_of("who is Marcus", answer(records=find("customer", "Marcus"), fields=[]), "garage")).verdict
    assert isinstance(told, Question), told
