"""Guessed hours: times of day that may be of the morning or the evening ("at 4"), which a person looks at first."""

from __future__ import annotations

from collections.abc import Iterator

from agent.extract.parameter_spec import make_parameter_spec
from agent.extract.time.date_parameters import find_guessed_hours
from agent.pipeline import PromptSource, Step
from agent.validate.questions import quote_words as quote
from language.text import read_text
from registry.contract import Contract


def list_guessed(contract: Contract, step: Step) -> Iterator[str]:
    """What a person should look at before a step is sent: each hour whose half of the day the words don't tell."""
    for filled in step.filled:
        schema = contract.properties.get(filled.param) or {}
        kinds = make_parameter_spec(filled.param, schema, contract.annotation(filled.param)).kinds
        if not isinstance(filled.source, PromptSource) or not {"time", "datetime", "epoch"} & {*kinds}:
            continue
        for span in filled.source.spans:
            for said in find_guessed_hours(read_text(f"at {span.text}")):
                yield f"{quote(said)} is read as {filled.shown}. Change it if another time is meant."
