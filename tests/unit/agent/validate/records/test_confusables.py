"""Records a person can't tell apart are asked about, with how they differ."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Question
from agent.validate.questions import ask_between
from agent.validate.records import confusables
from agent.validate.records.ranking import match_name
from connectors.saas.kinds import KINDS
from registry.records import Record
from tests.unit.agent.validate.fake_platform import Case, customer, invoice, params, town

CYRILLIC_A = "\u0430"
ZERO_WIDTH = "\u200b"


def refund(words: str, *names: str) -> Case:
    """Every named customer has one paid invoice: 71 for the first, 72 for the second."""
    rows = town()
    rows["customer"] = [customer(61 + at, name, email=f"c{at}@example.com") for at, name in enumerate(names)]
    rows["invoice"] = [invoice(71 + at, 61 + at) for at in range(len(names))]
    text = f"refund {words}'s last invoice"
    return Case(text, ("saas.refund_invoice", {"invoice_id": f"{words}'s last invoice"}), rows=rows)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Adam", "Adarn"),
        ("Marta", f"M{CYRILLIC_A}rta"),
        ("Jonas Becker", f"Jonas Be{ZERO_WIDTH}cker"),
        ("Paypal", "PayPaI"),
        ("Ian", "lan"),
        ("Olga", "0lga"),
        ("Ana", "\uff21na"),
        ("scope", "\u0455\u0441\u043e\u0440\u0435"),
        ("Eve", "E\u202eve"),
    ],
)
def test_lookalikes_of_uts_39_have_one_skeleton(one: str, other: str) -> None:
    assert confusables.looks_same(one, other)
    assert confusables.describe_differences(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("Adam Novak", "Adam Nowak"), ("Anna Schmidt", "Berta Lind"), ("Ana", "Ann")]
)
def test_names_that_differ_to_the_eye_have_not(one: str, other: str) -> None:
    assert not confusables.looks_same(one, other)


def test_one_slip_makes_names_near_unless_they_are_too_short_to_tell() -> None:
    assert confusables.is_near("Adam Novak", "adam nowak")
    assert not confusables.is_near("Jo", "Joe")
    assert not confusables.is_near("Adam Novak", "Eva Nowak")


@pytest.mark.parametrize(
    "name",
    ["Adam Novak", "Žofia", "Иван Петров", "Иван Acme", "佐藤さん", "محمد", "Müller-Lüdenscheidt", "O'Neill 2nd"],
)
def test_honest_names_raise_no_suspicion(name: str) -> None:
    assert confusables.find_suspicious(name) == ()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (f"M{CYRILLIC_A}rta", "CYRILLIC SMALL LETTER A (U+0430)"),
        (f"Be{ZERO_WIDTH}cker", "ZERO WIDTH SPACE (U+200B)"),
        ("Eve \u202enosnhoJ", "RIGHT-TO-LEFT OVERRIDE (U+202E)"),
    ],
)
def test_a_name_that_is_not_what_it_looks_like_is_told(name: str, told: str) -> None:
    assert any(told in reason for reason in confusables.find_suspicious(name))


@pytest.mark.parametrize("twin", [f"Marta Kow{CYRILLIC_A}lska", f"Marta{ZERO_WIDTH} Kowalska", "Marta Kowa1ska"])
async def test_a_lookalike_is_asked_about_though_the_name_was_typed_in_full(twin: str) -> None:
    case = refund("Marta Kowalska", "Marta Kowalska", twin)
    question = await case.question()
    assert (question.code, question.slot) == ("ambiguous", "0.invoice_id/customer")
    assert {each.id for each in question.candidates} == {"61", "62"}
    assert all(each.marks for each in question.candidates)
    assert params(await case.choose("61").plan())["invoice_id"] == 71


async def test_rn_for_m_is_asked_about() -> None:
    question = await refund("Adam Berg", "Adam Berg", "Adarn Berg").question()
    assert question.candidates[0].marks[0] == "‘m’, where the other has ‘r’ and ‘n’"


async def test_a_whole_name_typed_is_told_from_one_that_differs_visibly() -> None:
    assert params(await refund("Adam Novak", "Adam Novak", "Adam Nowak").plan())["invoice_id"] == 71


def test_a_whole_name_beside_what_else_was_said_is_told_from_a_near_one() -> None:
    customers = next(kind for kind in KINDS if kind.name == "customer")
    rows = [
        customer(61, "Ana Schmidt", company="Schmidt Design"),
        customer(62, "Anna Schmidt", company="Schmidt Print"),
    ]
    ana, anna = (
        Record("customer", str(row["id"]), row, row["name"], f"{row['email']} · {row['company']}", "d") for row in rows
    )

    def found(words: str) -> Any:
        return match_name("0.x", "x", customers, words, "name", [ana, anna], place=False)

    assert found("Ana Schmidt Schmidt Design") == [ana]
    assert isinstance(found("An Schmidt Schmidt Design"), Question)
    assert isinstance(found("Schmidt"), Question)


async def test_a_part_of_a_name_is_not() -> None:
    assert (await refund("Novak", "Adam Novak", "Adam Nowak").question()).code == "ambiguous"


@pytest.mark.parametrize("name", [f"M{CYRILLIC_A}rta Berg", f"Marta Be{ZERO_WIDTH}rg"])
async def test_a_single_match_with_a_doubtful_name_is_asked_about(name: str) -> None:
    case = refund("Marta", name) if name.startswith("Marta") else refund("Berg", name)
    question = await case.question()
    assert question.code == "ambiguous"
    assert len(question.candidates) == 1
    assert question.candidates[0].marks
    assert ZERO_WIDTH not in question.text + question.candidates[0].label
    assert params(await case.choose("61").plan())["invoice_id"] == 71


async def test_two_people_of_one_name_are_told_apart_by_their_address() -> None:
    question = await refund("Adam Novak", "Adam Novak", "Adam Novak").question()
    assert "c0@example.com" in question.text
    assert "c1@example.com" in question.text


def test_a_choice_marks_how_names_differ_but_no_plain_numbers() -> None:
    kind = KINDS[0]

    def marks(*names: str) -> list[tuple[str, ...]]:
        rows = [Record(kind.name, str(at), {"name": name}, name, "", "d") for at, name in enumerate(names)]
        return [each.marks for each in ask_between("0.x", "x", kind, rows, "could be meant").candidates]

    assert marks("Studio 11", "Studio 10", "Studio 1") == [(), (), ()]
    assert marks("Studio 11", "Studio 1l") == [
        ("‘1’ DIGIT ONE (U+0031), where the other has ‘l’ LATIN SMALL LETTER L (U+006C)",),
        ("‘l’ LATIN SMALL LETTER L (U+006C), where the other has ‘1’ DIGIT ONE (U+0031)",),
    ]
    assert all(marks("Marek Zeman 2", "Marek Seman 2"))
