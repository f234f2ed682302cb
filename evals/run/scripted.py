"""Scripted models: replace a model's client, see the real prompt and answer through the real parser."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from agent.resolve.model.client import Completion
from agent.resolve.model.parse import Parser
from agent.resolve.model.second_reading import CHANGES, KNOWN, PieceParser
from core.errors import ModelMisbehaved

T = TypeVar("T", bound=BaseModel)


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
        self, messages: Sequence[Mapping[str, str]], shape: type[T], *, legal: str = "", max_tokens: int = 0
    ) -> Completion[T]:
        del legal, max_tokens
        parser: Parser | PieceParser = shape.parser  # type: ignore[attr-defined]
        answer = self.judge(parser) if isinstance(parser, PieceParser) else self.answer(parser, messages)
        try:
            value = shape.model_validate(answer)
        except ValidationError as error:
            raise ModelMisbehaved(
                f"The {self.name} model's answer is no proposal: {error.errors()[0]['msg']}"
            ) from error
        return Completion(
            value=value,
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
