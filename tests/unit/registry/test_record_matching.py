"""How words find kept records: what brings candidates up, and what decides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from registry import record_matching
from registry.records import Field, Record, RecordKind, admit

KIND = RecordKind(
    name="customer",
    title="Customer",
    nouns=("customer",),
    fields=(
        Field("id", "id", search="number"),
        Field("name", search="name"),
        Field("company", search="name"),
        Field("email", "email", search="email"),
        Field("note", search="text"),
        Field("status", "enum", values=("active",)),
    ),
)
LETTERS = st.text("abcdemrn\N{CYRILLIC SMALL LETTER A}", min_size=1, max_size=12)


def record(key: int | str, name: str, **more: str) -> Record:
    return admit(KIND, {"id": key, "name": name, **more})


def names(text: str, *there: str, by: record_matching.SearchBy | None = "name") -> list[str]:
    found, _ = record_matching.rank(KIND, [record(at, name) for at, name in enumerate(there)], text, by)
    return [each.label and str(each.values["name"]) for each in found]


@given(LETTERS, LETTERS)
def test_whatever_is_alike_shares_a_spelling(asked: str, there: str) -> None:
    """The index can only bring up what shares one: nothing that ``alike`` would accept may be missed."""
    if record_matching.rate_similarity(asked, there) > 0:
        assert record_matching.make_variants(asked) & record_matching.make_spellings(there), (
            asked,
            there,
            OSA.distance(asked, there),
        )


@given(LETTERS)
def test_a_word_is_found_by_itself_and_by_how_it_begins(word: str) -> None:
    assert word in record_matching.make_spellings(word)
    for end in range(3, len(word)):
        assert word[:end] in record_matching.make_spellings(word)


@pytest.mark.parametrize(
    ("text", "there", "found"),
    [
        ("Adam", ["Ada Lovelace", "Adam Novak", "Adam Nowak", "Eve"], ["Adam Novak", "Adam Nowak", "Ada Lovelace"]),
        ("Adam Novak", ["Adam Novak", "Adam Nowak", "Adam Smith"], ["Adam Novak", "Adam Nowak"]),
        ("Adma", ["Adam Novak", "Eve"], ["Adam Novak"]),
        ("lukasz", ["Łukasz Ré"], ["Łukasz Ré"]),
        ("Kowalska", ["Marta Kowalska", "Marta Kowаlska"], ["Marta Kowalska", "Marta Kowаlska"]),
        ("Vernon", ["Vernon", "Vemon", "Simone"], ["Vernon", "Vemon"]),
        ("Tom", ["Tom", "Torn", "Tim"], ["Tom", "Torn"]),
        (
            "Marta",
            ["Marta", "\N{CYRILLIC CAPITAL LETTER EM}\N{CYRILLIC SMALL LETTER A}rt\N{CYRILLIC SMALL LETTER A}"],
            ["Marta", "\N{CYRILLIC CAPITAL LETTER EM}\N{CYRILLIC SMALL LETTER A}rt\N{CYRILLIC SMALL LETTER A}"],
        ),
        ("bri", ["Brightwater", "Ebright"], ["Brightwater"]),
        ("br", ["Brightwater"], []),
        ("Adam's", ["Adam Novak"], ["Adam Novak"]),
        ("Novak Brewing", ["Adam Novak", "Brewing Eve"], ["Adam Novak", "Brewing Eve"]),
        ("", ["Adam"], []),
        ("?!", ["Adam"], []),
    ],
)
def test_names_by_any_part_with_a_slip_forgiven(text: str, there: list[str], found: list[str]) -> None:
    assert names(text, *there) == found


def test_codes_are_exact_however_they_are_written() -> None:
    there = [record("INV-1042", "a"), record("INV-10421", "b"), record("7", "c")]
    for text in ("INV-1042", "inv1042", "#1042", "1042", "inv 1042"):
        found, whole = record_matching.rank(KIND, there, text, "number")
        assert ([each.id for each in found], whole) == (["INV-1042"], True), text
    assert record_matching.rank(KIND, there, "104", "number")[0] == []


def test_addresses_are_exact_but_for_case() -> None:
    there = [record(1, "a", email="Adam@Example.com"), record(2, "b", email="adam@example.co")]
    assert [each.id for each in record_matching.rank(KIND, there, "adam@example.com", "email")[0]] == ["1"]


def test_a_record_is_listed_by_every_declared_field_and_nothing_else() -> None:
    made = admit(
        KIND, {"id": 7, "name": "Łukasz Ré", "email": "A@b.c", "status": "active", "secret": "NEVER", "note": "x" * 300}
    )
    terms = record_matching.list_terms(KIND, made)
    assert not [each for each in terms if "NEVER" in each.term or each.field == "secret"]
    said = {(each.form, each.field, each.term) for each in terms}
    assert {
        ("word", "name", "lukasz"), ("word", "name", "re"), ("code", "id", "7"), ("digits", "id", "7"),
        ("email", "email", "a@b.c"), ("value", "status", "active"), ("value", "name", "Łukasz Ré"),
    } <= said  # fmt: skip
    assert not [each for each in terms if len(each.term) > record_matching.MAX_TERM_CHARS]


@pytest.mark.parametrize(("short", "whole"), [("st", "street"), ("rd", "road"), ("ave", "avenue"), ("sq", "square")])
def test_the_words_of_an_address_are_found_by_their_abbreviations(short: str, whole: str) -> None:
    for one, other in ((short, whole), (whole, short)):
        assert record_matching.rate_similarity(one, other) > 0.9
        assert not record_matching.make_spellings(one).isdisjoint(record_matching.make_spellings(other))
    assert not record_matching.is_abbreviation(short, short)
    assert not record_matching.is_abbreviation("st", "road")
