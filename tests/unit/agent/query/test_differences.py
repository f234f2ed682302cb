"""A record that isn't as it was said to be is told as it is."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal

import pytest

from agent.planning.proposal import BelongsTo, Compare, Condition, Day, Find, Number, StateIs, Word, Words
from agent.query.differences import tell_difference
from registry.records import Field, RecordKind, Relation, admit

FIELDS = (
    Field("id", "id"), Field("skipper_id", "id"), Field("skipper_name"), Field("builder"), Field("rig", "enum"),
    Field("berths", "integer"), Field("hauled_on", "date"), Field("insured", "boolean"),
    Field("fee", "money_minor", currency_field="currency"), Field("owed", "money_minor", currency_field="currency"),
    Field("currency", "currency"),
)  # fmt: skip
BOAT = RecordKind("boat", "Boat", ("boat",), FIELDS, label="boat {id}", relations=(Relation("skipper", "skipper_id"),))
ROW = {
    "id": 7, "skipper_id": 3, "skipper_name": "Ines Dahl", "builder": "Nordboot", "rig": "gaff_cutter", "berths": 6,
    "hauled_on": "2026-11-03", "insured": False, "fee": 4000, "owed": 2000, "currency": "EUR",
}  # fmt: skip
QUOTE = Words(text="x", origin=0, start=0)


def of_skipper(name: str) -> Condition:
    said = Words(text=name, origin=0, start=0)
    return BelongsTo(owner=Find(record="skipper", said=said))


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (of_skipper("Bo Lund"), "The skipper of boat 7 is Ines Dahl, not Bo Lund."),
        (of_skipper("Ines"), ""),
        (Compare(field="builder", op="contains", value=Word(word="Danwerft", quote=QUOTE)),
         "The builder of boat 7 is Nordboot, not Danwerft."),
        (Compare(field="rig", op="=", value=Word(word="sloop", quote=QUOTE)),
         "The rig of boat 7 is gaff cutter, not sloop."),
        (Compare(field="berths", op=">", value=Number(number=Decimal(8), unit=None, quote=QUOTE)),
         "Boat 7: 6 berths, not more than 8."),
        (Compare(field="fee", op="=", value=Number(number=Decimal(60), unit=None, quote=QUOTE)),
         "The fee of boat 7 is 40.00 EUR, not 60."),
        (Compare(field="owed", op="=", value=Number(number=Decimal(60), unit=None, quote=QUOTE)),
         "Boat 7: owed 20.00 EUR, not 60."),
        (Compare(field="hauled_on", op="=", value=Day(date="2026-11-05", quote=QUOTE)),
         "Boat 7: hauled on 3 Nov 2026, not 5 Nov 2026."),
        (Compare(field="hauled_on", op="during", value=Day(date="2026-12", quote=QUOTE)),
         "Boat 7: hauled on 3 Nov 2026, not in December 2026."),
        (Compare(field="id", op="=", value=Word(word="9", quote=QUOTE)), "That is boat 7, not 9."),
        (StateIs(state="sold", negated=False), ""),
    ],
)  # fmt: skip
def test_a_record_that_is_otherwise_is_told_as_it_is(condition: Condition, said: str) -> None:
    assert tell_difference(condition, admit(BOAT, ROW), BOAT, UTC) == said
