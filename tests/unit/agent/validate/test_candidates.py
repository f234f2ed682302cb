"""What a question offers is told so that people can choose."""

from __future__ import annotations

import pytest

from agent.pipeline import Refusal
from agent.validate.questions import ask_between, explain_unknown_name, make_action_candidate
from registry.offers.offer import Offer
from registry.records import Field, RecordKind, admit

LANTERN = RecordKind(
    name="lantern",
    title="Lantern",
    nouns=("lantern", "lanterns"),
    fields=(Field("id", "id", search="name"), Field("is_lit", "boolean")),
    label="{id}",
)


@pytest.mark.parametrize(
    ("description", "detail"),
    [
        ("Light a lantern.", ""),
        ("light a  lantern", ""),
        ('Someone has to stand by it. Send {"lit": true} for that.', "Someone has to stand by it."),
        ("For some, e.g. those that are out. Later ones too.", "For some, e.g. those that are out."),
        ("word " * 60, "word " * 39 + "word…"),
    ],
)
def test_an_action_is_told_by_its_title_and_what_its_first_sentence_adds(description: str, detail: str) -> None:
    offer = Offer(name="pier.light", version=1, title="Light a lantern", description=description, parameters={})
    made = make_action_candidate(offer)
    assert (made.id, made.label, made.detail) == ("pier.light", "Light a lantern", detail)


def test_a_yes_that_tells_records_apart_says_of_what() -> None:
    lanterns = [admit(LANTERN, {"id": name, "is_lit": lit}) for name, lit in (("north", True), ("south", False))]
    assert ask_between("0.id", "id", LANTERN, lanterns, "could be meant").text == (
        "Two lanterns could be meant: north (is lit: yes) or south (is lit: no)?"
    )


PILOT = RecordKind(
    name="pilot",
    title="Pilot",
    nouns=("pilot", "pilots"),
    fields=(
        Field("id", "id"),
        Field("email", "email", search="email"),
        Field("mobile"),
        Field("name", search="name"),
        Field("pay", "money_minor", currency_field="currency"),
        Field("currency", "currency"),
        Field("joined_on", "date"),
    ),
    label="{name}",
)
REACHED = {"email": "ines@pier.example", "mobile": "+46700001", "pay": 900, "currency": "EUR"}


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (  # their names tell them apart: no number that nobody asked for
            [{"id": 31, "name": "Ines Dahl"}, {"id": 32, "name": "Ines Lund"}],
            "Two pilots are called ‘Ines’: Ines Dahl or Ines Lund?",
        ),
        (
            [{"id": 31, "name": "Ines Dahl"}, {"id": 32, "name": "Ines Dahl"}],
            "Two pilots are called ‘Ines’: Ines Dahl (31) or Ines Dahl (32)?",
        ),
        (
            [
                {"id": 31, "name": "Ines Dahl", "joined_on": "2026-03-01"},
                {"id": 32, "name": "Ines Lund", "joined_on": "2026-04-01"},
            ],
            "Two pilots are called ‘Ines’: Ines Dahl (joined on 1 Mar 2026) or Ines Lund (joined on 1 Apr 2026)?",
        ),
        (  # a telephone number and what they get are their own
            [
                {"id": 31, "name": "Ines Dahl", **REACHED},
                {
                    "id": 32,
                    "name": "Ines Lund",
                    "email": "il@pier.example",
                    "mobile": "+46700002",
                    "pay": 8,
                    "currency": "EUR",
                },
            ],
            "Two pilots are called ‘Ines’: Ines Dahl (ines@pier.example) or Ines Lund (il@pier.example)?",
        ),
        (  # but nothing else tells these apart
            [
                {"id": 31, "name": "Ines Dahl", **REACHED},
                {"id": 32, "name": "Ines Dahl", **REACHED, "mobile": "+46700002"},
            ],
            "Two pilots are called ‘Ines’: Ines Dahl (+46700001) or Ines Dahl (+46700002)?",
        ),
    ],
)
def test_what_tells_records_apart_says_what_it_is(rows: list[dict[str, object]], text: str) -> None:
    pilots = [admit(PILOT, row) for row in rows]
    assert ask_between("0.id", "id", PILOT, pilots, "are called ‘Ines’").text == text


def test_nothing_is_called_by_a_number() -> None:
    assert explain_unknown_name(PILOT, "599", {}, None) == "There is no pilot ‘599’ here."
    assert explain_unknown_name(PILOT, "Otto", {}, None) == "No pilot is called ‘Otto’ here."


def test_a_label_that_begins_a_refusal_has_a_capital() -> None:
    assert Refusal(code="invalid", detail="kiln 4 has no code to send.").detail == "Kiln 4 has no code to send."
