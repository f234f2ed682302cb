"""Prompts: versioned templates for a model, each with one frozen context class. Nothing here knows a registry, a record
or a socket."""

from prompts.propose.context import ActionText, AnswerText, ArgumentText, KindText, ProposeContext, TurnText
from prompts.templates import DEFAULT_VERSION, PLAIN_VERSION, Message, is_plain, render, versions

__all__ = [
    "DEFAULT_VERSION",
    "PLAIN_VERSION",
    "ActionText",
    "AnswerText",
    "ArgumentText",
    "KindText",
    "Message",
    "ProposeContext",
    "TurnText",
    "is_plain",
    "render",
    "versions",
]
