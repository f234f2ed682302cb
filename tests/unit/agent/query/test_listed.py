"""Listed records: whose each one is, its sum, its day and its state, as far as nothing else says so."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Candidate, Reply
from agent.query.listed import list_records, tell_found
from agent.query.wording import QueryWords
from agent.validate.records.field_words import tell_field
from agent.validate.records.located import LocatedRecord
from agent.validate.telling_apart import tell_choices_apart
from registry.records import Field, RecordKind, Relation, admit
from tests.unit.dairy import DAIRY
from tests.unit.marina import ask
from tests.unit.own_worlds import answer, came_of, find, read_words, world

BERTH = RecordKind(
    name="lease",
    title="Lease",
    nouns=("lease", "leases"),
    fields=(
        Field("id", "id"),
        Field("skipper_id", "id"),
        Field("skipper_name"),
        Field("pier", "enum", values=("north", "south")),
        Field("rope", search="text"),
        Field("price", "money_minor", currency_field="currency"),
        Field("currency", "currency"),
        Field("status", "enum", values=("running", "closed")),
        Field("closed_on", "date", label="Closed"),
    ),
    label="{pier} · {price} · {status}",
    relations=(Relation("skipper", "skipper_id"),),
)


def lease(ident: int, name: str, status: str = "running", closed: str | None = None) -> LocatedRecord:
    row = {
        "id": ident,
        "skipper_id": ident,
        "skipper_name": name,
        "pier": "north",
        "rope": f"rope {ident}",
        "price": 900,
        "currency": "EUR",
    }
    return LocatedRecord(admit(BERTH, {**row, "status": status, "closed_on": closed}), BERTH, ())


def test_a_label_that_names_nothing_stands_behind_whose_it_is() -> None:
    found = [lease(1, "Ada Berg"), lease(2, "Bo Lind")]
    assert list_records(found) == "Ada Berg (north · 9.00 EUR · running); Bo Lind (north · 9.00 EUR · running)"
    assert list_records(found[:1], told="1 lease of Ada Berg") == "north · 9.00 EUR · running"


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("skipper_name", "Ada Berg: north · 9.00 EUR · closed."),
        ("price", "Ada Berg: north · 9.00 EUR · closed."),
        ("closed_on", "Ada Berg: closed 3 Nov 2026 (north · 9.00 EUR)."),
    ],
)
def test_one_that_answers_is_led_by_whose_it_is_and_says_nothing_twice(field: str, says: str) -> None:
    asked = [each for each in BERTH.fields if each.name == field]
    assert tell_found(lease(1, "Ada Berg", "closed", "2026-11-03"), asked) == says


async def listed(*where: dict[str, Any], **more: Any) -> str:
    made = await came_of("which ones", answer(records=find("fine", None, *where, **{"pick": "all", **more}), fields=[]))
    assert isinstance(made.verdict, Reply), made.verdict
    return made.verdict.text


async def test_a_list_tells_sum_day_and_state_but_for_what_its_heading_says() -> None:
    assert await listed({"state": "due", "not": False}) == (
        "4 due fines: F-234 (Piet Vos, 6.00 EUR, charged on 20 Nov 2026); F-233 (Piet Vos, 24.00 EUR, charged on "
        "15 Nov 2026); F-231 (Ines Duarte, 9.00 EUR, charged on 12 Nov 2026); F-235 (Ruth Abara, 12.00 EUR, charged "
        "on 1 Jul 2026)."
    )
    piet = {"belongs_to": find("member", "Piet Vos")}
    assert await listed(piet) == (
        "2 fines of Piet Vos: F-234 (6.00 EUR, charged on 20 Nov 2026, due); F-233 (24.00 EUR, charged on 15 Nov "
        "2026, due)."
    )


async def test_what_one_was_compared_with_is_told_too() -> None:
    either = {"any_of": [{"belongs_to": find("member", each)} for each in ("Ines Duarte", "Ruth Abara")]}
    order = {"by": "amount", "first": "highest", "nth": 1}
    text = await listed(either, order=order, pick="one")
    assert text == "F-235 (12.00 EUR, Ruth Abara). F-231 (9.00 EUR, Ines Duarte)."


async def test_a_list_up_to_a_day_says_how_many_have_theirs_behind_them() -> None:
    where = {"field": "due_on", "op": "<", "value": {"date": "2026-12-01", "quote": "december"}}
    made = await came_of("due before december", answer(records=find("loan", None, where, pick="all"), fields=[]))
    assert isinstance(made.verdict, Reply)
    assert made.verdict.text.startswith("4 loans due before 1 Dec 2026 (3 of them before today): ")


async def test_what_is_asked_of_a_few_is_told_of_each() -> None:
    of = find("fine", None, {"belongs_to": find("member", "Piet Vos")})
    test = {"left": {"field": "status", "of": of}, "op": "=", "right": {"word": "paid", "quote": "paid"}}
    made = await came_of("is Piet Vos's fine paid", answer(yes_no=[test], join="all", about=of))
    assert isinstance(made.verdict, Reply), made.verdict
    assert made.verdict.text == "2 fines of Piet Vos: F-234 (due); F-233 (due)."


async def test_whoever_asks_for_more_than_there_are_is_told_those() -> None:
    where = {"belongs_to": find("member", "Piet Vos")}
    assert (await listed(where, order={"by": "as listed", "first": "latest", "nth": 1}, pick=3)).startswith("2 fines")


async def test_what_has_begun_and_is_not_over_is_on_a_day() -> None:
    on = {"date": "2026-11-24", "quote": "today"}
    where = [{"field": "arrives_on", "op": "<=", "value": on}, {"field": "leaves_on", "op": ">=", "value": on}]
    made = await came_of(
        "who stays today", answer(records=find("booking", None, *where, pick="all"), fields=[]), "hotel"
    )
    assert isinstance(made.verdict, Reply)
    assert " bookings on 24 Nov 2026" in made.verdict.text
    assert "arrives on" in made.verdict.text  # from when till when each is


async def test_of_what_ended_a_list_says_how_many_and_which() -> None:
    made = (await ask(DAIRY, "which claims were opened after 10 November")).verdict
    assert isinstance(made, Reply)
    assert " (1 closed): " in made.text
    assert "22 Nov 2026, open)" in made.text


def test_choices_all_carry_what_tells_two_of_them_apart() -> None:
    choices = [Candidate(id=each, label=label) for each, label in zip("abc", "xxy", strict=True)]
    told = tell_choices_apart(choices, ["x (Ada)", "x (Bo)", "y (Cleo)"])
    assert [each.label for each in told] == ["x (Ada)", "x (Bo)", "y (Cleo)"]
    assert [each.label for each in tell_choices_apart(choices[1:], ["x (Bo)", "y (Cleo)"])] == ["x", "y"]


async def test_somebody_asked_about_as_their_own_account_has_none_of_themselves() -> None:
    ines = find("member", "Ines Duarte")
    paused = find("member", None, {"belongs_to": ines}, {"state": "paused", "not": False}, pick="all")
    test = {"left": {"count": paused}, "op": ">=", "right": {"number": 1, "quote": ""}}
    made = await came_of("is the account of Ines Duarte paused", answer(yes_no=[test], join="all", about=ines))
    assert isinstance(made.verdict, Reply), made.verdict
    assert made.verdict.text.startswith("No: Ines Duarte (ines@lend.example")


async def test_a_value_whose_digits_stand_in_a_number_is_told_all_the_same() -> None:
    made = await read_words("total nights of Diego Santoro", world("hotel"))
    assert isinstance(made, Reply), made
    assert "booking 5013 (5 nights" in made.text


async def test_a_list_says_once_whose_it_is_and_when_each_is() -> None:
    made = await read_words("does Diego Santoro have any bookings", world("hotel"))
    assert isinstance(made, Reply), made
    assert made.text.count("Diego Santoro") == 1
    assert "booking 5013 (" in made.text
    assert "booking 5001 (" in made.text


def test_a_word_that_the_noun_or_the_label_says_is_not_said_again() -> None:
    assert QueryWords(before="booked ").join("bookings") == "bookings"
    assert QueryWords(before="open ").join("bookings") == "open bookings"
    pier = Field("pier", "enum", values=("pier_2", "north"))
    assert tell_field(pier, BERTH, "pier 2") == "pier 2"
    assert tell_field(pier, BERTH, "north") == "pier north"
