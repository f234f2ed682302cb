"""Requests in other languages are read by their commonest words; what these can't carry stops them."""

from __future__ import annotations

import pytest

from language.foreign import translate


def english(text: str) -> str:
    made = translate(text)
    assert made is not None, text
    for start, end, word in reversed(made.pieces):
        text = text[:start] + word + text[end:]
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Schließe Ticket 77", "close ticket 77"),
        ("weise Ticket 77 Ravi zu", "assign ticket 77 Ravi"),
        ("Cierra el ticket 77", "close the ticket 77"),
        ("prolonge l'essai de Greta de trois jours", "extend the trial of Greta of three days"),
        ("Invia di nuovo la fattura a Greta", "resend the invoice to Greta"),
        ("Feche o ticket 77 hoje", "close the ticket 77 today"),
        ("zeg het abonnement van Greta op", "cancel the subscription of Greta"),
    ],
)
def test_words_stand_in_english_where_they_were_typed(text: str, read: str) -> None:
    assert english(text) == read


@pytest.mark.parametrize(
    "text", ["close ticket 77 plus ticket 78", "refund Ada", "cancel Hugo's plan", "77 urgent", ""]
)
def test_english_is_left_alone(text: str) -> None:
    assert translate(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "storniere die Rechnung nicht",
        "no cierres el ticket 77",
        "ne ferme pas le ticket 77",
        "ferme le ticket 77 si Greta paie",
    ],
)
def test_negation_and_conditions_are_weighty(text: str) -> None:
    made = translate(text)
    assert made is not None
    assert made.weighty
