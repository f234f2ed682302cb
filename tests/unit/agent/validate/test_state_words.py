"""What a question says of the state that a record has to be in."""

from __future__ import annotations

import pytest

from agent.validate.questions import describe_records, explain_exclusion, explain_unknown_name
from registry.records import Field, Record, RecordKind

BIKE = RecordKind(
    name="bike",
    title="Bike",
    nouns=("bike", "bikes"),
    fields=(
        Field("id", "id", "Id"),
        Field("name", "string", "Name", search="name"),
        Field("place", "enum", "Place", values=("in", "out", "stolen")),
    ),
)


@pytest.mark.parametrize(("state", "said"), [("stolen", "stolen bike"), ("out", "bike that is out")])
def test_a_state_stands_where_english_has_it(state: str, said: str) -> None:
    assert describe_records(BIKE, {"place": [state]}, None) == said


def test_it_does_in_whole_questions() -> None:
    bike = Record("bike", "7", {"id": 7, "name": "Tandem", "place": "in"}, "Tandem", "", "")
    needs = explain_exclusion(bike, "Tandem", BIKE, {"place": ["out"]})
    assert needs == "Tandem is in; this needs a bike that is out."
    assert explain_unknown_name(BIKE, "Comet", {"place": ["in"]}, None) == "No bike that is in is called ‘Comet’ here."
    assert explain_unknown_name(BIKE, "Comet", {}, None) == "No bike is called ‘Comet’ here."
