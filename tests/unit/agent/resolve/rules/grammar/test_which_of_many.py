"""Which of many records are meant, read without a model: no condition is dropped, and nobody is added."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.rules.resolver import RuleResolver
from tests.unit.own_worlds import NOW, OWNER, world


async def verdict_of(text: str, name: str = "lending") -> Verdict:
    task = Task(Request(text=text, now=NOW), OWNER, world(name), "run_00000000000000000000000001")
    return (await propose(task, RuleResolver())).verdict


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("renew Ines Duarte the last loan by 7 days", ["Belt sander"]),
        ("waive Ines Duarte the highest fine", ["F-231"]),
        ("waive the highest fine of Ines Duarte", ["F-231"]),
    ],
)
async def test_a_person_beside_a_thing_says_whose_it_is(text: str, of: list[str]) -> None:
    made = await verdict_of(text)
    assert isinstance(made, Plan), made
    assert len(made.steps) == len(of)
    assert all(words in step.preview for words, step in zip(of, made.steps, strict=True))


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("write all members whose loans are late: please bring them back", "whose loans"),
        ("write everyone whose fines are unpaid: please pay", "whose fines"),
        ("write all members who have a late loan: please bring it back", "who have"),
    ],
)
async def test_what_is_told_of_things_of_theirs_narrows_people(text: str, members: str) -> None:
    everyone, some = await verdict_of("write all members: hello"), await verdict_of(text)
    assert isinstance(everyone, Plan), everyone
    assert isinstance(some, Plan), (members, some)
    assert 0 < len(some.steps) < len(everyone.steps)


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("waive all fines that nobody remembers", "‘that nobody remembers’"),
        ("waive all fines which came with the rain", "‘which came with the rain’"),
        ("write all members whose names rhyme: hello", "‘whose names rhyme’"),
    ],
)
async def test_a_condition_that_cannot_be_read_is_asked_about(text: str, unread: str) -> None:
    asked = await verdict_of(text)
    assert isinstance(asked, Question), asked
    assert asked.slot == "rest"
    assert unread in asked.text


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("Ines Duarte rang. renew her the last loan by 7 days", "Belt sander"),
        ("Ines Duarte rang. renew the last loan to her by 7 days", "Belt sander"),
    ],
)
async def test_a_pronoun_says_whose_it_is(text: str, of: str) -> None:
    made = await verdict_of(text)
    assert isinstance(made, Plan), made
    assert [of in step.preview for step in made.steps] == [True]


@pytest.mark.parametrize("text", ["renew him the last loan by 7 days", "renew the last loan to him by 7 days"])
async def test_nothing_is_done_for_a_pronoun_of_nobody(text: str) -> None:
    assert not isinstance(await verdict_of(text), Plan)


async def test_what_is_left_out_is_never_what_is_meant() -> None:
    made = await verdict_of("write everyone with a note except Ines Duarte: hello")
    assert not isinstance(made, Plan) or all("Ines" not in step.preview for step in made.steps)
    made = await verdict_of("assign Helena's visits to Lucy but not Bruno's", "vet")
    assert not isinstance(made, Plan) or all("Bruno" not in step.preview for step in made.steps)


async def test_it_is_not_said_that_somebody_has_none_where_they_have_others() -> None:
    asked = await verdict_of("waive all fines of Ines Duarte over 100 euros")
    assert isinstance(asked, Question), asked
    assert asked.text == "Ines Duarte has no such fines."


async def test_everything_is_no_set_where_no_word_says_of_what() -> None:
    assert not isinstance(await verdict_of("waive everything"), Plan)
    assert isinstance(await verdict_of("waive all fines"), Plan)


async def test_a_digit_behind_the_counts_and_is_no_word_that_sounds_alike() -> None:
    two, spelled = (
        await verdict_of("waive the 2 highest due fines"),
        await verdict_of("waive the two highest due fines"),
    )
    assert isinstance(spelled, Plan), spelled
    assert isinstance(two, Plan), two
    assert len(two.steps) == 2


async def test_where_there_are_fewer_it_says_how_many() -> None:
    asked = await verdict_of("waive the 2 highest fines of Ines Duarte")
    assert isinstance(asked, Question)
    assert asked.text.startswith("There is only 1 fine: "), asked.text
