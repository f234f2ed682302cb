"""What was counted is said with the count, over a lending library."""

from __future__ import annotations

from typing import Any, cast

import pytest

from agent.pipeline import Reply
from agent.planning.proposal import Compare, Day, Find, StateIs, Words
from agent.query.day_words import say_day, say_deed
from agent.query.listed import introduce, list_asked_fields
from agent.query.wording import describe_query
from registry.records import Field, Kinds, RecordKind
from tests.unit.own_worlds import answer, came_of, find, number

INES = {"belongs_to": find("member", "Ines Duarte")}
DUE = {"state": "due", "not": False}
FROM = {"field": "charged_on", "op": ">=", "value": {"date": "2026-11-01", "quote": "x"}}
UNTIL = {"field": "charged_on", "op": "<=", "value": {"date": "2026-11-30", "quote": "x"}}
FINES = find("fine", None, DUE, pick="all")
LOANS = find("loan", None, pick="all")


async def count(kind: str, *where: dict[str, Any]) -> str:
    counted = answer(value={"count": find(kind, None, *where, pick="all")}, about=None)
    made = (await came_of("Ines Duarte Piet Vos x", counted)).verdict
    assert isinstance(made, Reply), made
    return made.text.partition(":")[0].removesuffix(".")


@pytest.mark.parametrize(
    ("kind", "where", "said"),
    [
        ("fine", [], "5 fines"),
        ("fine", [DUE], "4 due fines"),
        ("fine", [DUE, INES], "1 due fine of Ines Duarte"),
        ("fine", [{"state": "due", "not": True}], "1 fine (not due)"),
        ("fine", [{"field": "amount", "op": ">", "value": number(9, "x", "EUR")}], "2 fines over 9.00 EUR"),
        ("fine", [{"field": "amount", "op": ">", "value": number(900, "x", "EUR")}], "No fines over 900.00 EUR"),
        ("fine", [{"field": "charged_on", "op": "during", "value": {"date": "2026-11", "quote": "x"}}], "3 fines charged in November 2026"),  # noqa: E501
        ("fine", [{"field": "charged_on", "op": "<", "value": {"date": "2026-11-15", "quote": "x"}}], "3 fines charged before 15 Nov 2026"),  # noqa: E501
        ("fine", [FROM, UNTIL], "3 fines charged from 1 Nov 2026 to 30 Nov 2026"),
        ("fine", [UNTIL, DUE, FROM], "3 due fines charged from 1 Nov 2026 to 30 Nov 2026"),
        ("member", [{"has": FINES, "op": ">=", "n": 2}], "1 member with at least 2 due fines"),
        ("member", [{"has": find("loan", None, pick="all"), "op": "=", "n": 0}], "1 member with no loans"),
        ("member", [{"has": FINES, "op": ">=", "n": 1}, {"has": LOANS, "op": ">=", "n": 1}], "2 members with due fines and with loans"),  # noqa: E501
        ("loan", [{"has": find("member", None, pick="all"), "op": "=", "n": 0}], "No loans with no member"),
        ("fine", [{"any_of": [DUE, {"state": "paid", "not": False}]}], "5 due or paid fines"),
        ("fine", [DUE, {"except": find("fine", None, INES, pick="all")}], "3 due fines except fines of Ines Duarte"),
        ("loan", [{"belongs_to": find("member", None, {"has": FINES, "op": ">=", "n": 1}, pick="all")}], "3 loans of members with due fines"),  # noqa: E501
    ],
)  # fmt: skip
async def test_a_count_says_what_was_counted(kind: str, where: list[dict[str, Any]], said: str) -> None:
    assert await count(kind, *where) == said


async def test_a_value_in_several_spellings_is_said_once() -> None:
    spelt = [{"field": "shelf", "op": op, "value": {"word": "cellar", "quote": "x"}} for op in ("=", "contains")]
    assert await count("item", {"any_of": spelt}) == "2 items (shelf cellar)"


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("issued", " issued"), ("arrives", " arriving"), ("ends", " ending"), ("runs out", " running out"),
        ("begins", " beginning"), ("trial ends", " whose trial ends"), ("day", ""), ("status since", ""),
        ("best before", " best before"), ("from", " beginning"), ("until", " ending"),
    ],
)  # fmt: skip
def test_what_happens_to_records_on_a_day_is_said_behind_their_noun(label: str, said: str) -> None:
    assert say_deed(label) == said


@pytest.mark.parametrize(
    ("label", "op", "whole", "said"),
    [
        ("valid until", "=", True, " valid until 4 Dec 2026"),
        ("valid until", "<", True, " valid until a day before 4 Dec 2026"),
        ("valid until", "during", False, " valid until a day in 4 Dec 2026"),
        ("due on", ">=", True, " due from 4 Dec 2026"),
    ],
)
def test_a_day_that_is_an_end_is_said_with_its_own_word(label: str, op: str, whole: bool, said: str) -> None:
    assert say_day(label, op, "4 Dec 2026", whole=whole) == said


PET = RecordKind(
    name="pet",
    title="Pet",
    nouns=("pet", "pets"),
    fields=(Field("id", "id"), Field("species", "enum", values=("dog", "cat")), Field("where", "string")),
    states={"dogs": {"species": ("dog",)}, "here": {"where": ("here",)}},
    label="pet {id}",
)


@pytest.mark.parametrize(("number_of", "said"), [(2, "2 dogs (here)"), (1, "1 dog (here)"), (0, "no dogs (here)")])
async def test_a_sort_that_is_a_noun_is_what_its_records_are_called(number_of: int, said: str) -> None:
    asked = Find(record="pet", where=(StateIs(state="here"), StateIs(state="dogs")))
    words = await describe_query(asked, cast(Kinds, {"pet": PET}), cast(Any, None))
    assert words is not None
    assert words.count(number_of, PET) == said


GUEST = RecordKind(
    name="account",
    title="Account",
    nouns=("account", "accounts"),
    fields=(Field("id", "id"), Field("status", "enum", values=("guest", "walkin", "late"))),
    states={
        "guest": {"status": ("guest",)},
        "guests": {"status": ("guest",)},
        "walkin": {"status": ("walkin",)},
        "walkins": {"status": ("walkin",)},
        "lates": {"status": ("late",)},
    },
    label="account {id}",
)


@pytest.mark.parametrize(
    ("state", "said"), [("guests", "3 guests"), ("walkins", "3 walkins"), ("lates", "3 lates accounts")]
)
async def test_a_status_with_a_plural_is_what_its_records_are_called(state: str, said: str) -> None:
    asked = Find(record="account", where=(StateIs(state=state),))
    words = await describe_query(asked, cast(Kinds, {"account": GUEST}), cast(Any, None))
    assert words is not None
    assert words.count(3, GUEST) == said


async def test_a_record_asked_for_its_title_is_introduced() -> None:
    made = (await came_of("x", answer(records=find("item", "belt sander"), fields=["title"]))).verdict
    assert isinstance(made, Reply), made
    assert made.text == "Belt sander (front)."
    assert made.values == ("Belt sander",)


async def test_a_sum_of_nothing_says_what_was_looked_for() -> None:
    dear = find("fine", None, {"field": "amount", "op": ">", "value": number(900, "x", "EUR")}, pick="all")
    made = (await came_of("x", answer(value={"total": "amount", "of": dear}, about=None))).verdict
    assert isinstance(made, Reply), made
    assert made.text == "Nothing. No fines over 900.00 EUR."


@pytest.mark.parametrize(
    ("detail", "said"), [("", "Quay Hall."), ("wooden · seats 40", "Quay Hall (wooden, seats 40).")]
)
def test_a_record_without_a_detail_is_its_label(detail: str, said: str) -> None:
    assert introduce("Quay Hall", detail) == said


def test_no_brackets_stand_beside_brackets() -> None:
    assert introduce("hire 12 (canoe)", "out") == "hire 12 (canoe), out."


BERTH = RecordKind(
    name="berth",
    title="Berth",
    nouns=("berth", "berths"),
    fields=(
        Field("id", "id"),
        Field("free_from", "date"),
        Field("service_day", "date"),
        Field("until_on", "date"),
        Field("launch_on", "date"),
        Field("valid_until", "date"),
        Field("payable_on", "date"),
    ),
    label="berth {id}",
)
QUOTE = Words(text="x", origin=0, start=0)


def compared(field: str, op: Any, on: str) -> Compare:
    return Compare(field=field, op=op, value=Day(date=on, quote=QUOTE))


@pytest.mark.parametrize(
    ("where", "said", "shown"),
    [
        ((compared("free_from", "<=", "2026-12-25"),), "berths free by 25 Dec 2026", ["free_from"]),
        ((compared("free_from", ">=", "2026-12-25"),), "berths free from 25 Dec 2026", ["free_from"]),
        ((compared("service_day", "=", "2026-12-25"),), "berths whose service day is 25 Dec 2026", []),
        ((compared("launch_on", "during", "2026-12-25"),), "berths (launch on 25 Dec 2026)", []),
        ((compared("payable_on", "during", "2026-12-25"),), "berths payable on 25 Dec 2026", []),
        ((compared("valid_until", "during", "2026-12-25"),), "berths (valid until 25 Dec 2026)", []),
        (
            (compared("valid_until", ">=", "2026-12-01"), compared("valid_until", "<=", "2026-12-31")),
            "berths (valid until a day from 1 Dec 2026 to 31 Dec 2026)",
            ["valid_until"],
        ),
        ((compared("until_on", "during", "2026-12-25"),), "berths ending on 25 Dec 2026", []),
        ((compared("until_on", "during", "2026-12"),), "berths ending in December 2026", ["until_on"]),
        (
            (compared("until_on", ">=", "2026-12-25"), compared("until_on", "<=", "2026-12-25")),
            "berths ending on 25 Dec 2026",
            [],
        ),
    ],
)
async def test_a_list_repeats_no_day_that_all_of_it_have(
    where: tuple[Compare, ...], said: str, shown: list[str]
) -> None:
    async def nobody(_: Find) -> None:
        return None

    asked = Find(record="berth", where=where, pick="all")
    words = await describe_query(asked, cast(Kinds, {"berth": BERTH}), nobody)
    assert words is not None
    assert words.join("berths") == said
    assert [each.name for each in list_asked_fields(asked, BERTH)] == shown
