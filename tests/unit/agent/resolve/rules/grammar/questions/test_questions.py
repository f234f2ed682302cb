"""Questions without a model, over platforms whose words no rule knows: each word is read, or nothing is answered."""

from __future__ import annotations

import pytest

from agent.pipeline import Question, Reply, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.rules.resolver import RuleResolver
from tests.unit.own_worlds import NOW, OWNER, world


async def answered(text: str, name: str) -> Reply | Question | None:
    request = Request(text=text, now=NOW)
    outcome = await propose(Task(request, OWNER, world(name), "run_00000000000000000000000001"), RuleResolver())
    return outcome.verdict if isinstance(outcome.verdict, Reply | Question) else None


def ids(reply: Reply | Question | None) -> list[str]:
    assert isinstance(reply, Reply), reply
    return sorted(each.id for each in reply.records)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("riding", "which riders don't have any planned lessons", ["14"]),
        ("riding", "who hasn't paid their fees", ["12", "14"]),
        ("riding", "list the fees Joris hasn't paid yet", ["411", "414"]),
        ("riding", "which horses aren't fit?", ["33", "34"]),
        ("vet", "which vets aren't on leave", ["31", "33"]),
        ("vet", "any bills over 100 euros that aren't paid?", ["812"]),
        ("vet", "which visits aren't booked?", ["704", "706"]),
        ("riding", "which riders have never paid a fee", ["12", "14", "15"]),  # not: who has an unpaid one
        ("vet", "visits of dogs that are done", []),
    ],
)
async def test_what_is_denied_is_denied_of_the_records(name: str, text: str, found: list[str]) -> None:
    assert ids(await answered(text, name)) == found


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("riding", "how many riders are beginners?", ["11", "14", "15"]),
        ("riding", "which lessons are in December?", ["603", "606", "607"]),
        ("riding", "riders who joined this year", ["14", "15"]),
        ("riding", "fees under 25 euros", ["414", "415"]),
        ("riding", "how many lessons has Thunder got planned", ["602", "603", "607"]),
        ("riding", "list the beginners from Utrecht", ["11", "15"]),
        ("vet", "what medicine is Clementine on", ["902"]),
        ("vet", "how many dogs do we have", ["21", "23"]),
        ("vet", "which dogs are on a kidney diet", ["23"]),
        ("vet", "what appointments does Helena have this week", ["701"]),
        ("vet", "who is Pixel's owner", ["3"]),
        ("vet", "which is the heaviest animal", ["23"]),
        ("vet", "which animal is the lightest?", ["24"]),
        ("riding", "which horse is the oldest", ["33"]),
    ],
)
async def test_all_that_a_question_says_of_records_is_read(name: str, text: str, found: list[str]) -> None:
    assert ids(await answered(text, name)) == found


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("riding", "what's the total of unpaid fees", "90.00 EUR over 3 fees: fee 412; fee 411; fee 414."),
        (
            "riding",
            "total fees by rider",
            "200.00 EUR over 5 fees: Joris Maes 60.00 EUR, Annika Berg 20.00 EUR, Pilar Ortega 90.00 EUR, "
            "Samir Haddad 30.00 EUR.",
        ),
        ("riding", "number of lessons per horse", "7 lessons: 3 Thunder, 2 Biscuit, 1 Moonlight, 1 Caramel."),
        ("vet", "average bill", "97.20 EUR on average over 5 bills: 486.00 EUR ÷ 5 = 97.20 EUR."),
        ("vet", "average weight of dogs", "24850 on average over 2 animals: 49700 ÷ 2 = 24850."),
        ("vet", "how many animals by species", "5 animals: 2 dog, 2 cat, 1 rabbit."),
        ("vet", "is Omar on leave?", "Yes: 1 vet (Omar Saleh)."),
        ("riding", "is Moonlight fit?", "No: Moonlight. injured."),
        ("riding", "is Joris's last lesson ridden?", "No: lesson 607: dressage: status planned, is not ridden."),
        ("riding", "does Joris owe more than Samir?", "Yes: 60.00 EUR beside 30.00 EUR."),
        ("riding", "is Biscuit taller than Thunder?", "No: Biscuit: height cm 132, is not more than 168."),
    ],
)
async def test_figures_are_worked_out_over_the_records_that_are_meant(name: str, text: str, said: str) -> None:
    reply = await answered(text, name)
    assert isinstance(reply, Reply)
    assert reply.text == said


async def test_an_average_that_is_rounded_says_so() -> None:
    reply = await answered("average amount of the open bills", "vet")
    assert isinstance(reply, Reply)
    assert reply.text.endswith("322.00 EUR ÷ 3 = about 107.33 EUR.")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("vet", "how many dogs do we have that bark"),
        ("vet", "total of all bills by mood"),
        ("riding", "average height of the purple horses"),
        ("riding", "which horse does Annika like"),
        ("riding", "who has paid all their fees"),  # one that is paid tells nothing of all
    ],
)
async def test_a_question_with_a_word_that_nothing_reads_has_no_figure(name: str, text: str) -> None:
    assert not isinstance(await answered(text, name), Reply)


async def test_a_list_begins_with_no_word_that_an_action_goes_by() -> None:
    assert isinstance(await answered("cancelled lessons", "riding"), Reply)
    assert not isinstance(await answered("cancel planned lessons", "riding"), Reply)
