"""Words of contracts and kinds that the linter lets pass and no grammar expects: every request is read all the same."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest

from agent.pipeline import Request
from agent.resolve.rules.resolver import RuleResolver
from registry.contract import Annotation
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist
from registry.records import Field, RecordKind, Relation

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ODD = (
    "no-show", "e-mail", "check-in now", "-", "–", "…", "?!", "'s", "’", "a", "1", "50%", "3-phase", "to", "of the",
    "on/off", "(re)open", "Straße", "取消", "إلغاء", "🙂", "x" * 200, "C++", "a_b", "and", "not", "every month", "10 €",
)  # fmt: skip
REQUESTS = (
    "7 no-show", "no-show for Mia Lund", "set 7 to 3-phase", "how many stays are on/off?", "e-mail Mia Lund about 7",
    "cancel 7 and 8", "which stays of Mia Lund are 50%?", "give Mia Lund 10 €", "取消 7",
    "7 is a no-show, not 8", "-", "of the",
)  # fmt: skip


def make_offer(name: str, word: str) -> Offer:
    parameters = {
        "type": "object",
        "properties": {
            "stay": {"type": "string"},
            "how": {"type": "string", "enum": [word, "plain"]},
            "note": {"type": "string", "maxLength": 200},
            "much": {"type": "integer"},
        },
        "required": ["stay"],
    }
    annotations = {"stay": Annotation(record="stay"), "how": Annotation(label=word), "much": Annotation(label=word)}
    return Offer(f"inn.{name}", 1, word, word, parameters, annotations=annotations, aliases=(word,), examples=(word,))


@pytest.mark.parametrize("word", ODD)
async def test_whatever_a_contract_calls_things_requests_are_read(word: str) -> None:
    guest = RecordKind("guest", word, (word, "guest"), (Field("id", "id"), Field("name", search="name")))
    stay = RecordKind(
        "stay", "Stay", ("stay", "stays", word),
        (Field("id", "id"), Field("name", search="name"), Field("guest", "id"), Field("state", values=(word, "due"))),
        relations=(Relation("guest", "guest"),),
    )  # fmt: skip
    shortlist = Shortlist((make_offer("mark_stay", word), make_offer("no_show", "Mark a stay")))
    for text in itertools.chain(REQUESTS, (word, f"{word} 7", f"7 {word}", f"stay 7 is {word}")):
        await RuleResolver().resolve(Request(text=text, now=NOW), shortlist, (guest, stay))
