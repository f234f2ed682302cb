"""What a sum comes to for each of many: the highest first, of each currency among those that are told."""

from __future__ import annotations

from datetime import UTC

from agent.planning.proposal import Find, TotalOf
from agent.query.groups import MOST_GROUPS, write_totals
from agent.validate.records.located import LocatedRecord
from registry.records import Field, Record, RecordKind

_BY = Field("member", search="name")
_KIND = RecordKind(
    name="fine",
    title="Fine",
    nouns=("fine", "fines"),
    label="fine {id}",
    fields=(
        Field("id", "id"),
        _BY,
        Field("amount", type="money_minor", currency_field="currency"),
        Field("currency", type="currency"),
    ),
)


def make_fine(number: int, amount: int, currency: str) -> LocatedRecord:
    values = {"id": number, "member": f"M{number}", "amount": amount, "currency": currency}
    return LocatedRecord(Record("fine", str(number), values, f"fine {number}", "", ""), _KIND, ())


def test_the_highest_of_each_currency_are_told_those_of_the_commonest_first() -> None:
    euros = [make_fine(at, 100 * at, "EUR") for at in range(1, MOST_GROUPS + 1)]
    found = [*euros, make_fine(90, 5000, "PLN"), make_fine(91, 9000, "PLN")]
    told = write_totals(_BY, TotalOf(field="amount", of=Find(record="fine", pick="all")), found, UTC).split(", ")
    assert told[:3] == ["M20 20.00 EUR", "M19 19.00 EUR", "M18 18.00 EUR"]
    assert told[10:12] == ["M91 90.00 PLN", "M90 50.00 PLN"]
    assert told[-1] == "2 others"


def test_sums_of_several_currencies_are_joined_as_people_write_them() -> None:
    found = [make_fine(7, 100, currency) for currency in ("EUR", "PLN", "USD")]
    told = write_totals(_BY, TotalOf(field="amount", of=Find(record="fine", pick="all")), found, UTC)
    assert told == "M7 1.00 EUR, 1.00 PLN and 1.00 USD"
