"""The benchmark's model server speaks the language of proposals as it is today."""

from __future__ import annotations

from bench.peers_overhead import decision, instant_model
from core.settings import ModelSettings


async def test_the_answers_of_its_model_server_become_held_cards() -> None:
    with instant_model() as url:
        model = ModelSettings(model="openai/toy", model_url=url, model_key="local", model_form="full")
        measured = await decision(model, 2)
    assert len(measured.ms) == 2
