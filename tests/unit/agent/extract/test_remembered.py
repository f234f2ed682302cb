from __future__ import annotations

from agent.extract.parameter_spec import MOST_SAME, make_parameter_spec
from agent.extract.references.find import find
from agent.extract.references.parse import parse
from agent.extract.references.vocabulary import HashableById
from registry.contract import Annotation
from registry.records import Field, RecordKind


def test_a_target_is_never_that_of_another_schema_which_lay_at_the_same_place() -> None:
    for n in range(MOST_SAME + 100):  # each is gone before the next is made
        assert make_parameter_spec("size", {"type": "string", "enum": [f"size {n}"]}, Annotation()).enum == (
            f"size {n}",
        )


def test_an_equal_schema_has_an_equal_target() -> None:
    schema = {"type": "integer", "description": "How many seats."}
    first = make_parameter_spec("seats", schema, Annotation())
    assert make_parameter_spec("seats", schema, Annotation()) == first
    assert make_parameter_spec("seats", dict(schema), Annotation()) == first
    assert make_parameter_spec("rooms", schema, Annotation()) != first


def deal(*states: str) -> RecordKind:
    return RecordKind(
        "deal", "Deal", ("deal",), (Field("id"), Field("stage")), states={each: {"stage": (each,)} for each in states}
    )


def test_kinds_of_one_name_and_other_states_are_told_apart_whatever_was_read_before() -> None:
    won, lost = deal("won"), deal("lost")
    for _ in range(2):
        assert parse("the lost deal", lost, (lost,)).states == {"stage": ("lost",)}
        assert parse("the lost deal", won, (won,)).states == {}
        assert find("close the lost deal", lost, (lost,)) == [(6, 19)]
    assert HashableById((won,)) == HashableById((won,))
    assert HashableById((won,)) != HashableById((deal("won"),))
    assert HashableById((won, lost)) != HashableById((won,))


def test_what_is_remembered_can_not_be_changed_by_who_is_given_it() -> None:
    kind = deal("won")
    find("close the won deal", kind, (kind,)).clear()
    assert find("close the won deal", kind, (kind,)) == [(6, 18)]
