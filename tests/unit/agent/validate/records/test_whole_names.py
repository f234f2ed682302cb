"""A whole name goes before longer ones that begin with it, with or without its article."""

from __future__ import annotations

import pytest

from agent.validate.records.ranking import Fit, rate_fit
from registry.records import Field, Record, RecordKind

INN = RecordKind("inn", "Inn", ("inn", "inns"), (Field("id", "id"), Field("name", search="name")))


@pytest.mark.parametrize(
    ("words", "name", "fit"),
    [
        ("Heron", "The Heron", Fit.EXACT),
        ("the heron", "The Heron", Fit.EXACT),
        ("The Heron", "Heron", Fit.EXACT),
        ("Heron", "The Heron & Reed", Fit.WORDS),
        ("the", "Theo", Fit.STARTS),
    ],
)
def test_an_article_is_no_part_of_a_name(words: str, name: str, fit: Fit) -> None:
    record = Record("inn", "1", {"id": "1", "name": name}, name, "", "d")
    assert rate_fit(words, record, INN, "name") == fit
