"""Scripted models: replace a model's client, see the real prompt and answer through the real parser."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from agent.resolve.model.answer_json import BadProposal
from agent.resolve.model.answer_shape import AnswerShape
from agent.resolve.model.client import Completion
from agent.resolve.model.parse import Parser
from agent.resolve.model.second_reading import CHANGES, KNOWN, PieceParser
from core.errors import ModelMisbehaved


class ScriptedClient(Protocol):
    """Model client with a given answer. ``answer`` is what the model says, as JSON; ``judge`` is what it says of single
    pieces when it is asked again. An answer that doesn't fit is misbehaviour, as for a real model."""

    name: str

    def answer(self, parser: Parser, messages: Sequence[Mapping[str, str]], /) -> dict[str, Any]: ...

    def judge(self, parser: PieceParser) -> dict[str, Any]:
        """Answers nothing usable, because the first answer is what is measured."""
        del parser
        return {}

    async def complete(
        self, messages: Sequence[Mapping[str, str]], shape: AnswerShape, *, legal: str = "", max_tokens: int = 0
    ) -> Completion:
        del legal, max_tokens
        parser: Any = shape.parser
        answer = self.judge(parser) if isinstance(parser, PieceParser) else self.answer(parser, messages)
        try:
            parser.parse(answer)
        except BadProposal as error:
            raise ModelMisbehaved(f"The {self.name} model's answer is no proposal: {error}") from error
        return Completion(
            value=answer,
            text=json.dumps(answer, ensure_ascii=False),
            model=self.name,
            mode="json_schema",
            messages=tuple(messages),
            tokens_in=0,
            tokens_out=0,
            cost=None,
            duration_ms=0.0,
            attempts=1,
        )


def let_all_pass(parser: PieceParser) -> dict[str, Any]:
    """A second reading that is right about the known pieces, and says that every other piece changes nothing."""
    return {name: {"objection": "none", "is": CHANGES if KNOWN.get(name) else "nothing"} for name in parser.names}
