"""Context of the prompts: contracts and record kinds as their owners declared them, the thread's words and
handles, the present, and what a person typed. Never a record."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KindText:
    """Record kind as the prompt shows it: ``fields`` with their types, ``found_by`` what words find it by, ``states``
    its state words."""

    name: str
    about: str
    fields: tuple[str, ...]
    found_by: tuple[str, ...] = ()
    newest_by: str = ""
    size: str = ""
    states: tuple[str, ...] = ()
    belongs_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ArgumentText:
    """Argument of an action as the prompt shows it. ``about`` says its type, unit, members and default, ``hint`` what
    its owner says of it."""

    name: str
    about: str
    hint: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class ActionText:
    """Offered action under its schema token."""

    name: str
    about: str
    arguments: tuple[ArgumentText, ...] = ()
    undone_by: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class TurnText:
    """Earlier request of the thread: its words, and its outcome by action names and handles."""

    words: str
    came: str


@dataclass(frozen=True, slots=True)
class AnswerText:
    """A person's answer to a question. ``about`` names what was asked for, by contract words only."""

    about: str
    words: str


@dataclass(frozen=True, slots=True)
class PieceText:
    """Piece of a request that is asked about by itself, under the name that its answer goes by."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class ProposeContext:
    """Everything that one prompt holds. ``not_allowed`` are actions of other roles, by name; ``more`` says that the
    platform has others beside the shortlisted ones; ``present`` is the present for people; ``offered`` is the action
    that the person chose, if any. A second reading has what was ``planned``, and the ``pieces`` that it is about."""

    request: str
    present: str
    role: str
    actions: tuple[ActionText, ...]
    kinds: tuple[KindText, ...] = ()
    not_allowed: tuple[str, ...] = ()
    more: bool = False
    thread: tuple[TurnText, ...] = ()
    answers: tuple[AnswerText, ...] = ()
    offered: tuple[str, ...] = ()
    planned: tuple[str, ...] = ()
    pieces: tuple[PieceText, ...] = ()
