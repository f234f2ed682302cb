"""What a resolve prompt may hold: contracts as their owner wrote them and the words a person typed. Never a record."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ParameterLine:
    """One parameter as the model sees it. ``values`` is the closed set it must choose from, as JSON texts; empty means
    words are copied. ``hint`` says what the words stand for. ``many`` means a list of them."""

    name: str
    hint: str = ""
    required: bool = False
    values: tuple[str, ...] = ()
    many: bool = False


@dataclass(frozen=True, slots=True)
class ActionLine:
    """One offered action under its schema token. ``example`` is a request its owner gave for it."""

    name: str
    about: str
    parameters: tuple[ParameterLine, ...] = ()
    example: str = ""


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """What the person said later. ``about`` names the parameter asked for, by contract words only."""

    about: str
    text: str


@dataclass(frozen=True, slots=True)
class ResolveContext:
    """One request and the actions it may become. ``several`` says whether the schema lets more than one call be
    answered."""

    request: str
    actions: tuple[ActionLine, ...]
    answers: tuple[AnswerLine, ...] = ()
    several: bool = False
