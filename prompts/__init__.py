"""Prompts: versioned templates for a model, each with one frozen context class. Nothing here knows a registry, a record
or a socket."""

from prompts.propose.context import (
    ActionText,
    AnswerText,
    ArgumentText,
    KindText,
    PieceText,
    ProposeContext,
    TurnText,
)
from prompts.templates import (
    DEFAULT_VERSION,
    PLAIN_VERSION,
    SECOND_READING_VERSION,
    Message,
    is_plain,
    render,
    versions,
)

__all__ = [
    "DEFAULT_VERSION",
    "PLAIN_VERSION",
    "SECOND_READING_VERSION",
    "ActionText",
    "AnswerText",
    "ArgumentText",
    "KindText",
    "Message",
    "PieceText",
    "ProposeContext",
    "TurnText",
    "is_plain",
    "render",
    "versions",
]
