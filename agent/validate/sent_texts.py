"""Indirect speech in texts that are sent as they were typed: "tell Grace she owes us 45 pounds"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from agent.pipeline import ParameterValue, PromptSource, Request, Step
from agent.validate.questions import list_members
from agent.validate.questions import quote_words as quote
from registry.contract import Contract

# Who is told something, up to its text. What stands behind a colon or in quotation marks is direct speech.
_TOLD: Final = re.compile(
    r"(?<!\w)(?:tell|let|inform|ask|text|message|remind|warn|notify|e?mail|send|answer|reply|write(?!\s+down))\s+[^.:;!?\"“”«»]{1,200}$",
    re.IGNORECASE,
)
_OF_THE_READER: Final = re.compile(r"(?<!\w)(?:he|she|his|hers?|him|they|their|theirs|them)(?!\w)", re.IGNORECASE)
_NO_SENTENCE: Final = re.compile(r"(?:(?:not\s+)?to|whether|if)\s", re.IGNORECASE)
# A limit at the end may be meant for the telling itself: "tell Ada the code is 4471 but not before Friday".
_LIMIT: Final = re.compile(
    r"(?<!\w)(?:but\s+(?:only|not)|not\s+(?:before|until)|only\s+(?:if|when|after|once))\s.*$", re.IGNORECASE
)
# Somebody else whom a pronoun may mean: "Bo has lost his key".
_SOMEBODY: Final = re.compile(r"(?<!\w)[A-Z]\w")


def list_cautions(request: Request, contract: Contract, step: Step) -> Iterator[str]:
    """What a person should look at before a step's texts go out: one reads as if it were about its reader, is no
    sentence, or ends in a limit that may be meant for the sending."""
    for filled in step.filled:
        if not isinstance(filled.source, PromptSource) or not _takes_text(contract, filled):
            continue
        said = filled.value
        at = request.text.find(said)
        if at <= 0 or _TOLD.search(request.text, 0, at) is None or request.text[at - 1] in "\"'“‘«":
            continue
        person = _OF_THE_READER.search(said)
        if person is not None and _SOMEBODY.search(said, 0, person.start()) is None:
            yield f"{quote(said)} is sent as it stands. Change it if it should say “you”."
        elif _NO_SENTENCE.match(said):
            yield f"{quote(said)} is sent as it stands. Change it if it should be a sentence of its own."
        if (limit := _LIMIT.search(said)) is not None and limit.start() > 0:
            yield f"{quote(limit.group())} is sent as part of the text, and the text is sent at once."


def _takes_text(contract: Contract, filled: ParameterValue) -> bool:
    schema = contract.properties.get(filled.param) or {}
    annotation = contract.annotation(filled.param)
    free = schema.get("type") == "string" and not {"format", "pattern"} & schema.keys() and not list_members(schema)
    return free and isinstance(filled.value, str) and annotation.record is None
