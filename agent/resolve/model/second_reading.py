"""Second reading: a model judges single pieces of a request that a plan ignores, apart from planning.

The two questions are separate, because a model that has just left words out judges them meaningless. Every answer also
judges five pieces of a request whose answers are known. If it errs there, it is not used.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from agent.pipeline import Request
from agent.planning.proposal import Aside, Call, PlanResult, Proposal, Words
from agent.planning.quotes import find_in_request
from agent.resolve.model.answer_json import BadProposal, read_mapping
from agent.resolve.model.arguments import make_action_forms
from agent.resolve.model.schema import Json, describe_actions, make_enum, make_object, make_request_context
from agent.resolve.resolver import PieceQuestion
from core import canon
from prompts import SECOND_READING_VERSION, PieceText, render
from registry.offers.offer import Offer
from registry.records import RecordKind

MOST_PIECES: Final = 12
CHANGES: Final = "changes"
_VERDICTS: Final = (CHANGES, "expressed", "nothing")
KNOWN: Final = {"A1": False, "A2": True, "A3": False, "A4": False, "A5": True}
"""Pieces of the prompt's example request, and whether each changes what is to be done."""


@dataclass(frozen=True, slots=True)
class PieceParser:
    """Parses one answer about pieces with these ``names``."""

    names: tuple[str, ...]

    def parse(self, answer: Any) -> Mapping[str, str]:
        """The verdict on each piece, by its name. Raises BadProposal."""
        held = read_mapping(answer, "the answer")
        made: dict[str, str] = {}
        for name in self.names:
            verdict = read_mapping(held.get(name), name).get("is")
            if verdict not in _VERDICTS:
                raise BadProposal(f"{name} is none of {', '.join(_VERDICTS)}")
            made[name] = verdict
        return made


@dataclass(frozen=True, slots=True)
class PreparedPieces:
    """A prepared second reading: the messages, the schema of the answer with its digest, and its parser."""

    messages: list[dict[str, str]]
    schema: Json
    digest: str
    parser: PieceParser


def prepare_pieces(
    request: Request, proposal: Proposal, offers: Sequence[Offer], kinds: Sequence[RecordKind], pieces: Sequence[str]
) -> PreparedPieces:
    """Prepares the question about pieces of the request, beside the calls of a ``proposal``. ``offers`` holds their
    actions."""
    assert isinstance(proposal.result, PlanResult)
    actions = make_action_forms(offers, kinds)
    tokens = {form.offer.name: token for token, form in actions.items()}
    context = replace(
        make_request_context(request, role="", actions=describe_actions(actions, kinds)),
        planned=tuple(_tell_call(call, tokens) for call in proposal.result.calls),
        pieces=tuple(PieceText(f"B{at}", piece) for at, piece in enumerate(pieces, 1)),
    )
    parser = PieceParser((*KNOWN, *(each.name for each in context.pieces)))
    judged = make_object(objection={"type": "string"}, **{"is": make_enum(_VERDICTS)})
    schema = make_object(**dict.fromkeys(parser.names, judged))
    messages = [message.as_json() for message in render(SECOND_READING_VERSION, context)]
    return PreparedPieces(messages, schema, canon.digest(schema), parser)


def add_verdicts(question: PieceQuestion, verdicts: Mapping[str, str]) -> Proposal | None:
    """The proposal with the verdicts. Harmless pieces become asides, unless they overlap a piece that changes
    something. If the plan stands, pieces that change something become left over.

    None if a piece of the known request was misjudged.
    """
    request, proposal = question.request, question.proposal
    if any((verdicts[name] == CHANGES) is not changes for name, changes in KNOWN.items()):
        return None
    found = [(verdicts[f"B{at}"], find_in_request(each, request)) for at, each in enumerate(question.pieces, 1)]
    changing = [place for verdict, place in found if place is not None and verdict == CHANGES]
    left = [each for at, each in enumerate(question.pieces, 1) if verdicts[f"B{at}"] == CHANGES]
    if question.stands and not left:
        return proposal
    made: list[Aside] = []
    for verdict, place in found:
        if place is None or any(place[0] < end and start < place[1] for start, end in changing):
            continue
        if verdict == "nothing" or verdict == "expressed":
            made.append(Aside(words=Words(text=request.text[slice(*place)], start=place[0]), role=verdict))
    left_over = (*proposal.left_over, *(left if question.stands else ()))
    asides = (*(proposal.asides or ()), *made) if made else proposal.asides
    return proposal.model_copy(update={"left_over": left_over, "asides": asides})


def _tell_call(call: Call, tokens: Mapping[str, str]) -> str:
    """A call as proposed: its action, and what was said about each argument."""
    told = [f"{name}: {_tell(argument)}" for name, argument in call.arguments.items()]
    if call.condition is not None:
        told.append(f"only if{'' if call.condition.holds else ' not'}: {_tell(call.condition)}")
    return f"{tokens.get(call.action, call.action)}: {'; '.join(told) or 'nothing else was said'}"


def _tell(node: Any) -> str:
    told = _shorten(node.model_dump(mode="json", exclude_none=True, exclude_defaults=True))
    return json.dumps(told, ensure_ascii=False)


def _shorten(value: Any) -> Any:
    """Reduces words to their text and drops what is empty."""
    if isinstance(value, dict):
        if "text" in value and set(value) <= {"text", "origin", "start"}:
            return value["text"]
        return {name: _shorten(each) for name, each in value.items() if each not in ([], {}, "")}
    return [_shorten(each) for each in value] if isinstance(value, list) else value
