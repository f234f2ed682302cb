"""Answer shape: what a model's answer to one request must be, and the check of one that came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from pydantic_core import from_json

NO_JSON = "json_invalid"
NO_OBJECT = "model_type"
DOES_NOT_FIT = "value_error"
"""What is wrong with an answer, in pydantic's words, since one way to a model checks by pydantic."""


class AnswerParser(Protocol):
    """Port: parses one answer. Raises BadProposal."""

    def parse(self, answer: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class AnswerShape:
    """The shape of the answer to one request: ``json_schema`` goes to the provider, and ``parser`` decides whether an
    answer fits."""

    json_schema: dict[str, Any]
    parser: AnswerParser
    name: ClassVar = "Proposal"

    @property
    def titled_schema(self) -> dict[str, Any]:
        return {"title": self.name, **self.json_schema}

    def read(self, text: str) -> tuple[dict[str, Any] | None, str | None]:
        """The answer in the text of a reply, or what is wrong with it."""
        try:
            answer = from_json(text)
        except ValueError:
            return None, NO_JSON
        fault = self.find_fault(answer)
        return (answer, None) if fault is None else (None, fault)

    def find_fault(self, answer: Any) -> str | None:
        """What is wrong with an answer. None if it fits."""
        if not isinstance(answer, Mapping):
            return NO_OBJECT
        try:
            self.parser.parse(answer)
        except ValueError:
            return DOES_NOT_FIT
        return None
