"""Questions in other languages, answered without a model, or refused in the language they were asked in."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Abstain, Plan, Reply, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.rules.resolver import RuleResolver
from tests.unit.own_worlds import NOW, OWNER, world


async def came(text: str) -> Any:
    task = Task(Request(text=text, now=NOW), OWNER, world("lending"), "run_00000000000000000000000001")
    return (await propose(task, RuleResolver())).verdict


@pytest.mark.parametrize(
    "text",
    [
        "Wie viele Mitglieder gibt es?",
        "¿Cuántos miembros hay?",
        "Combien de membres y a-t-il ?",
        "Quanti membri ci sono?",
        "Hoeveel leden zijn er?",
        "Quantos membros existem?",
    ],
)
async def test_how_many_there_are_is_answered_in_six_languages(text: str) -> None:
    asked, english = await came(text), await came("how many members are there?")
    assert isinstance(asked, Reply)
    assert asked.text == english.text


async def test_what_is_not_understood_is_refused_in_the_persons_language() -> None:
    refused = await came("Wie wird das Wetter morgen?")
    assert isinstance(refused, Abstain)
    assert "auf Deutsch" in refused.detail
    assert "es wurde nichts getan" in refused.detail


async def test_a_weighty_word_is_refused_in_the_persons_language() -> None:
    refused = await came("verschiebe den Termin nicht")
    assert isinstance(refused, Abstain)
    assert "“nicht”" in refused.detail
    assert "bitte auf Englisch" in refused.detail


async def test_english_is_refused_in_english() -> None:
    refused = await came("sing me a song about rivers")
    assert isinstance(refused, Abstain)
    assert "nothing was done." in refused.detail


async def test_small_words_of_one_language_between_orders_in_another_are_no_orders() -> None:
    text = "cancel das Job 807 und assign 808 an Bruno"
    task = Task(Request(text=text, now=NOW), OWNER, world("garage"), "run_00000000000000000000000001")
    made = (await propose(task, RuleResolver())).verdict
    assert isinstance(made, Plan), made
    assert [step.action for step in made.steps] == ["garage.cancel_job", "garage.assign_mechanic"]
