"""Indirect speech in texts that are sent: "tell Grace she owes us 45 pounds" tells her "you owe us 45 pounds"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from agent.extract.spans.politeness import is_polite_word
from agent.pipeline import ParameterValue, PromptSource, Request, Span, Step
from agent.resolve.rules.grammar.orders.text_parameters import is_sent
from agent.validate.questions import list_members
from agent.validate.questions import quote_words as quote
from language.direct_speech import address, ask
from language.stems import split_runs
from registry.contract import Contract

# Who is told something, up to its text. What stands behind a colon or in quotation marks is direct speech.
_TELLING: Final = (
    r"(?<!\w)(?:tell|let|inform|ask|text|message|remind|warn|notify|e?mail|send|answer|reply|write(?!\s+down))\s+"
)
_TOLD: Final = re.compile(rf'{_TELLING}[^.:;!?"“”«»]{{1,200}}$', re.IGNORECASE)
_TELLS: Final = re.compile(rf"(?<!\ba )(?<!\ban )(?<!\bthe ){_TELLING}", re.IGNORECASE)
_OF_THE_READER: Final = re.compile(r"(?<!\w)(?:he|she|his|hers?|him|they|their|theirs|them)(?!\w)", re.IGNORECASE)
_NO_SENTENCE: Final = re.compile(r"(?:(?:not\s+)?to|whether|if)\s", re.IGNORECASE)
# A limit at the end may be meant for the telling itself: "tell Ada the code is 4471 but not before Friday".
_LIMIT: Final = re.compile(
    r"(?<!\w)(?:but\s+(?:only|not)|not\s+(?:before|until)|only\s+(?:if|when|after|once))\s.*$", re.IGNORECASE
)
# Somebody else whom a pronoun may mean: "Bo has lost his key".
_SOMEBODY: Final = re.compile(r"(?<!\w)[A-Z]\w")


def address_reader(request: Request, contract: Contract, name: str, said: Span) -> str | None:
    """What a message says to its reader, where it was typed as told of them: "your car is ready" of "tell Ada that her
    car is ready". None if it stands as typed: it is quoted, or may be about somebody else."""
    if not is_sent(name, contract.annotation(name)) or request.thread or request.words(said.origin) != request.text:
        return None
    told = _find_told(request.text, said)
    before = split_runs(request.text[:told])
    alone = told is not None and all(is_polite_word(word.casefold()) for word, _, _ in before)
    once = len(_TELLS.findall(request.text, 0, said.start)) == 1  # "tell Bo it is late and tell Ada he is sorry"
    asked = ask(said.text) if request.text[told:].casefold().startswith("ask ") else None
    return (asked or address(said.text)) if alone and once else None


def list_cautions(request: Request, contract: Contract, step: Step) -> Iterator[str]:
    """What a person should look at before a step's texts go out: one was put to its reader, or reads as if it were
    about them, is no sentence, or ends in a limit that may be meant for the sending."""
    for filled in step.filled:
        if not isinstance(filled.source, PromptSource) or not _takes_text(contract, filled):
            continue
        span = filled.source.spans[0]
        if span.origin or _find_told(request.text, span) is None:
            continue
        said = span.text
        person = _OF_THE_READER.search(said)
        if said != filled.value:
            yield f"You wrote {quote(said)}. It is put to the one who gets it."
        elif person is not None and _SOMEBODY.search(said, 0, person.start()) is None:
            yield f"{quote(said)} is sent as it stands. Change it if it should say “you”."
        elif _NO_SENTENCE.match(said) or ask(said) is not None:
            yield f"{quote(said)} is sent as it stands. Change it if it should be a sentence of its own."
        if (limit := _LIMIT.search(said)) is not None and limit.start() > 0:
            yield f"{quote(limit.group())} is sent as part of the text, and the text is sent at once."


def _find_told(text: str, said: Span) -> int | None:
    """Where the words begin that tell somebody a text. None if it is direct speech."""
    told = _TOLD.search(text, 0, said.start) if said.start and text[said.start - 1] not in "\"'“‘«" else None
    return told.start() if told is not None else None


def _takes_text(contract: Contract, filled: ParameterValue) -> bool:
    schema = contract.properties.get(filled.param) or {}
    annotation = contract.annotation(filled.param)
    free = schema.get("type") == "string" and not {"format", "pattern"} & schema.keys() and not list_members(schema)
    return free and isinstance(filled.value, str) and annotation.record is None
