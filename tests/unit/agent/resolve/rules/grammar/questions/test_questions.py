"""Questions without a model, over platforms whose words no rule knows: each word is read, or nothing is answered."""

from __future__ import annotations

import pytest

from agent.pipeline import Question, Reply, Request
from agent.planning.proposal import RecordsAnswer, Words
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.rules.grammar.questions.answers import read_answer
from agent.resolve.rules.grammar.reader import Reader
from agent.resolve.rules.resolver import RuleResolver
from connectors.saas.kinds import KINDS
from tests.unit.own_worlds import NOW, OWNER, world


async def answered(text: str, name: str) -> Reply | Question | None:
    request = Request(text=text, now=NOW)
    verdict = (
        await propose(Task(request, OWNER, world(name), "run_00000000000000000000000001"), RuleResolver())
    ).verdict
    told = isinstance(verdict, Question) or (isinstance(verdict, Reply) and not verdict.partial)
    return verdict if told else None


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
        ("riding", "which riders aren't from Utrecht", ["12", "14"]),
        ("vet", "which clients are not in Malmö", ["1", "3", "4"]),
        ("riding", "which riders with an unpaid fee are not from Leiden", ["14"]),
        ("lending", "which tools are not in the cellar", ["101", "103", "104"]),
        ("vet", "which clients haven't paid", ["1", "2"]),  # not: who has nothing that is paid
        ("lending", "who hasn't paid", ["1", "3", "5"]),
        ("riding", "which fees hasnt Joris paid", ["411", "414"]),
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
        ("vet", "which is the heaviest animal", ["23"]),
        ("vet", "which animal is the lightest?", ["24"]),
        ("riding", "which horse is the oldest", ["33"]),
        ("vet", "how many bills went out in November", ["811", "813", "814"]),
        ("vet", "how many bills were issued in 2026", ["811", "812", "813", "814", "815"]),
        ("vet", "which bills were issued between 1 and 12 November", ["811", "814"]),
        ("vet", "which visits are booked in December", ["703", "705"]),
        ("riding", "dressage riders from Utrecht", ["13"]),
        ("vet", "which dog clients have an open bill", ["1", "2"]),
        ("riding", "who joined most recently", ["14"]),
        ("lending", "which loans did we lend in October", ["501", "505"]),
        ("vet", "nr of open bills from us", ["811", "812", "813"]),
    ],
)
async def test_all_that_a_question_says_of_records_is_read(name: str, text: str, found: list[str]) -> None:
    assert ids(await answered(text, name)) == found


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "riding",
            "what's the total of unpaid fees",
            "90.00 EUR across 3 unpaid fees: fee 412 (Samir Haddad, 30.00 EUR, charged on 20 Nov 2026); fee 411 (Joris Maes, 45.00 EUR, charged on 1 Nov 2026); fee 414 (Joris Maes, 15.00 EUR, charged on 11 Aug 2026).",  # noqa: E501
        ),
        ("vet", "average bill", "97.20 EUR on average over 5 bills: 486.00 EUR ÷ 5 = 97.20 EUR."),
        ("vet", "average weight of dogs", "24850 grams on average over 2 dog animals: 49700 ÷ 2 = 24850."),
        ("vet", "how many animals by species", "5 animals: 2 dog, 2 cat, 1 rabbit."),
        ("vet", "is Omar on leave?", "Yes: Omar Saleh."),
        ("riding", "is Moonlight fit?", "No: Moonlight (injured)."),
        (
            "vet",
            "total of everything unpaid",
            "322.00 EUR across 3 unpaid bills: bill 813 (Tomasz Nowak, 48.00 EUR, issued on 15 Nov 2026, open); bill 811 (Greta Falk, 64.00 EUR, issued on 5 Nov 2026, open); bill 812 (Tomasz Nowak, 210.00 EUR, issued on 12 Oct 2026, open).",  # noqa: E501
        ),
        (
            "lending",
            "how much is still due",
            "51.00 EUR across 4 due fines: F-234 (Piet Vos, 6.00 EUR, charged on 20 Nov 2026); F-233 (Piet Vos, 24.00 EUR, charged on 15 Nov 2026); F-231 (Ines Duarte, 9.00 EUR, charged on 12 Nov 2026); F-235 (Ruth Abara, 12.00 EUR, charged on 1 Jul 2026).",  # noqa: E501
        ),
        ("riding", "planned lessons by style", "5 planned lessons: 1 jumping, 2 dressage, 2 hack."),
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
        ("riding", "how many fees were paid in October"),  # when they were charged tells nothing of it
        ("vet", "how much did we pay in October"),  # clients pay, we don't
        ("vet", "do all clients have a bill?"),
    ],
)
async def test_a_question_with_a_word_that_nothing_reads_has_no_figure(name: str, text: str) -> None:
    assert not isinstance(await answered(text, name), Reply)


async def test_a_list_begins_with_no_word_that_an_action_goes_by() -> None:
    assert isinstance(await answered("cancelled lessons", "riding"), Reply)
    assert not isinstance(await answered("cancel planned lessons", "riding"), Reply)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("vet", "is Helena working today"),
        ("riding", "do the beginners cancel any lessons?"),
        ("vet", "list bills sorted by mood"),
    ],
)
async def test_a_question_is_never_taken_for_an_order(name: str, text: str) -> None:
    assert not isinstance(await answered(text, name), Question)


@pytest.mark.parametrize("text", ["how do i call off an appointment", "how can we reschedule somebody's visit?"])
async def test_how_something_is_done_is_asked_in_the_words_of_an_order(text: str) -> None:
    reply = await answered(text, "vet")
    assert isinstance(reply, Reply)
    assert reply.text.startswith("Ask for it here in your own words")


@pytest.mark.parametrize(
    "text",
    [
        "how much did we pay in October",
        "how much have we paid so far",
        "what did we pay in May",
        "which invoices did we pay in May",
    ],
)
def test_what_we_paid_is_not_what_customers_paid_us(text: str) -> None:
    reader = Reader(text, KINDS, NOW, lambda start, end: Words(text=text[start:end], start=start))
    assert read_answer(reader, lambda _: False) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("which tickets are assigned to nobody?", {"state": "unassigned"}),
        ("which tickets haven't been answered?", {"state": "unanswered"}),
        ("which invoices have we refunded?", {"state": "refunded"}),
    ],
)
def test_what_we_did_and_what_nobody_did_is_a_state(text: str, told: dict[str, str]) -> None:
    reader = Reader(text, KINDS, NOW, lambda start, end: Words(text=text[start:end], start=start))
    answer = read_answer(reader, lambda _: False)
    assert isinstance(answer, RecordsAnswer)
    assert [each.model_dump(include={"state", "negated"}) for each in answer.records.where] == [
        {**told, "negated": False}
    ]


@pytest.mark.parametrize(
    ("text", "field"),
    [("what is ticket 4711 about?", "subject")],
)
def test_a_deed_has_its_day_and_a_record_its_subject(text: str, field: str) -> None:
    reader = Reader(text, KINDS, NOW, lambda start, end: Words(text=text[start:end], start=start))
    answer = read_answer(reader, lambda _: False)
    assert isinstance(answer, RecordsAnswer)
    assert answer.fields == (field,)
