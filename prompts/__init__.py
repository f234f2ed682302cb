"""Words for a model: versioned templates, each with one frozen context class. Nothing here knows a registry, a record
or a socket."""

from prompts.resolve.context import ActionLine, AnswerLine, ParameterLine, ResolveContext
from prompts.templates import DEFAULT_VERSION, Message, render, versions

__all__ = [
    "DEFAULT_VERSION",
    "ActionLine",
    "AnswerLine",
    "Message",
    "ParameterLine",
    "ResolveContext",
    "render",
    "versions",
]
