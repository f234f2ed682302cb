"""Requests in other languages are read by their commonest words; what these can't carry stops them."""

from __future__ import annotations

import pytest

from language.locales import guess_language, list_languages, load_locale, translate


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
        ("das Ticket 77 schließen und Ravi zuweisen", "close the ticket 77 and assign Ravi"),
        ("ticket 77 sluiten en aan Ravi toewijzen", "close ticket 77 and assign to Ravi"),
        ("welche Tickets sind offen", "which tickets are open"),
        ("elle ferme le compte", "she closes the account"),
        ("Cierra el ticket 77", "close the ticket 77"),
        ("prolonge l'essai de Greta de trois jours", "extend the trial of Greta of three days"),
        ("Invia di nuovo la fattura a Greta", "resend the invoice to Greta"),
        ("Feche o ticket 77 hoje", "close the ticket 77 today"),
        ("zeg het abonnement van Greta op", "cancel the subscription of Greta"),
        ("Zeig mir die bezahlten Bestellungen", "show me the paid orders"),
        ("Wie viele Termine gibt es?", "how many appointments are there?"),
        ("Wie viele offene Aufträge hat Greta Holm?", "how many open orders does Greta Holm have?"),
        ("Wann endet die Probezeit von Greta", "when does the trial of Greta end"),
        ("¿Cuántas reservas canceladas hay?", "¿how many cancelled bookings are there?"),
        ("montre-moi les commandes payées", "show me the paid orders"),
        ("Mostrami gli ordini chiusi", "show me the closed orders"),
        ("laat de gesloten meldingen zien", "show the closed tickets"),
        ("Quais pedidos tem Greta?", "which orders does Greta have?"),
        ("Wie viel schuldet Greta Holm?", "how much does Greta Holm owe?"),
        ("combien doit Greta Holm ?", "how much does Greta Holm owe ?"),
        ("¿Cuánto debe Greta Holm?", "¿how much does Greta Holm owe?"),
        ("hoeveel is Greta Holm schuldig", "how much does Greta Holm owe"),
        ("Chi ci deve di più?", "who owes us the most?"),
        ("Quem nos deve mais?", "who owes us the most?"),
        ("hebe die Sperre von Greta Holm auf", "lift the suspension of Greta Holm"),
        ("hef de blokkering van Greta op", "lift the suspension of Greta"),
        ("change l'adresse e-mail de Greta", "change the email address of Greta"),
        ("kündige den Vertrag von Greta zum Monatsende", "cancel the subscription of Greta at the end of the month"),
        ("nein, 40 Euro", "no, 40 euros"),
        ("não, 40 euros", "no, 40 euros"),
        ("nur die Hälfte", "only half"),
        ("close das Ticket 77 und assign 78 an Ravi", "close the ticket 77 and assign 78 to Ravi"),
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
        "schließe nur Ticket 77",
        "sperre das Konto von Greta auf",
        "stell den Termin auf Montag um, mach das Konto auf und schließe Ticket 77",
    ],
)
def test_negations_conditions_and_particles_of_unknown_verbs_are_weighty(text: str) -> None:
    made = translate(text)
    assert made is not None
    assert made.weighty


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wie wird morgen das Wetter bei euch?", "de"),
        ("¿qué tiempo hará mañana en Oslo?", "es"),
        ("quel temps fera-t-il demain ?", "fr"),
    ],
)
def test_a_language_is_told_by_its_own_words_also_where_the_rest_is_unknown(text: str, language: str) -> None:
    assert guess_language(text) == language


@pytest.mark.parametrize("text", ["what is the weather?", "die hard fans of Ada", "refund Ada's last order", "", "77"])
def test_english_is_taken_for_no_other_language(text: str) -> None:
    assert guess_language(text) is None


@pytest.mark.parametrize("language", list_languages())
def test_every_file_of_a_language_says_all_that_a_locale_is(language: str) -> None:
    locale = load_locale(language)
    assert locale.not_read
    assert "{words}" in locale.read_in_part
    assert locale.single
    assert locale.states
    assert locale.nouns
