"""Answers for the model: typed answers that only a model can read, and how they go into its prompt with the request.
Also finds answers that give no text where a text was asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from agent.pipeline import Answer, Plan, Question, Refusal
from agent.planning.proposal import PlanResult, Proposal, Words
from agent.planning.quotes import list_words
from agent.query.context import RecordKey
from agent.validate.questions import REST, label_parameter, list_members, quote_words
from language.stems import stem_text
from registry.catalogue import Catalogue
from registry.contract import Contract

# The answer gives nothing: "no reason", "none", "there isn't any", "without one".
_NONE: Final = re.compile(
    r"^\W*(?:no|none|nothing|n/?a|without|there\s+(?:is|are|isn['’]?t|aren['’]?t)\s*(?:no|any)?|"
    r"i\s+(?:have|haven['’]?t|don['’]?t\s+have)\s*(?:no|any|got)?)\b\s*(?:an?\s+|any\s+|particular\s+|special\s+)*"
    r"(?P<what>[^\W\d_]*)(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ALONE: Final = frozenset({"none", "nothing", "no", "n/a", "na"})
# An order to whoever words the text: "tell him that …, thank them".
_WORDING: Final = re.compile(
    r"^\W*(?:(?:please|just|simply|kindly|politely|and|then)\s+)*(?:"
    r"(?:tell|thank|ask|inform|remind|warn|congratulate|assure|reassure|let)\s+(?:him|her|them|the\s+\w+)\b|"
    r"(?:say|explain|apologi[sz]e|write|reply|respond|answer)\s+(?:to\s+)?(?:him|her|them|that|sorry|the\s+\w+)\b|"
    r"apologi[sz]e\b|(?:add|mention|include)\s+that\b|say\s+(?:we|it|he|she|they|i)\b)",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r"^\W*[\"“'‘].*[\"”'’]\W*$", re.DOTALL)


def find_no_text(label: str, name: str, words: str, *, composed: bool) -> str | None:
    """Why an answer is no text for the parameter in question, as a sentence, or None.

    ``composed``: the contract lets a model word this text, so orders to whoever words it are expected.
    """
    if _gives_none(label, name, words):
        return f"{label} has to be given. What should it be?"
    if composed and not _QUOTED.match(words) and _WORDING.match(words):
        return f"{quote_words(words)} tells what to write, and I can't word it here. Type the text itself."
    return None


def _gives_none(label: str, name: str, words: str) -> bool:
    found = _NONE.match(words)
    if found is None:
        return False
    if words.strip().strip(".!").casefold() in _ALONE:
        return True
    own = set(stem_text(f"{label} {name}".replace("_", " ")))
    return bool(found["what"]) and bool(own & set(stem_text(found["what"])))


OFFERED: Final = "@offered"
"""The handle of the records that the last question offered."""
_READ: Final = "said:"
"""Before the slot of an answer that is part of what was asked by now: it fills no slot by itself any more."""


def is_for_the_model(
    answers: tuple[Answer, ...], verdict: Any, proposal: Proposal, catalogue: Catalogue, *, edited: bool
) -> bool:
    """Whether the model reads the last answer again with the whole request.

    That is so if code would ask the same question again, or took the answer as a free text. A text typed into the card
    is exempt.
    """
    last = answers[-1] if answers else None
    if last is None or last.text is None or last.slot.startswith(_READ):
        return False
    if isinstance(verdict, Question | Refusal):
        return isinstance(verdict, Question) and _strip_record(verdict.slot) == _strip_record(last.slot)
    contract, name = _find_asked(last.slot, proposal, catalogue)
    return isinstance(verdict, Plan) and not edited and contract is not None and _is_free_text(contract, name)


def explain_no_text(
    answers: tuple[Answer, ...], verdict: Any, proposal: Proposal, catalogue: Catalogue
) -> Question | None:
    """The question again, if the last answer gave no text that may be sent as it stands: "no reason", "tell him that
    …"."""
    last = answers[-1] if answers else None
    if last is None or last.text is None or last.slot.startswith(_READ) or not isinstance(verdict, Plan):
        return None
    contract, name = _find_asked(last.slot, proposal, catalogue)
    if contract is None or not _is_free_text(contract, name):
        return None
    annotation = contract.annotation(name)
    label = label_parameter(name, contract.properties[name], annotation)
    text = find_no_text(label, name, last.text, composed=bool(annotation.compose))
    return Question(slot=last.slot, code="missing", text=text, param=name, missing=(name,)) if text else None


def asks_for_text(slot: str, proposal: Proposal | None, catalogue: Catalogue) -> bool:
    """Whether any words answer the question about a slot."""
    contract, name = _find_asked(slot, proposal, catalogue) if proposal is not None else (None, "")
    return contract is not None and _is_free_text(contract, name)


def take_up(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """The answers as a proposal for the whole request uses them: it quotes typed words, and choices stay as they
    are."""
    return tuple(
        each
        if each.text is None or each.slot.startswith(_READ)
        else each.model_copy(update={"slot": _READ + each.slot})
        for each in answers
    )


def find_replaced_words(answers: tuple[Answer, ...], proposal: Proposal) -> tuple[Words, ...]:
    """The words of the request whose value an answer replaces: "all of it" replaces "20 euros"."""
    made = list(proposal.replaced)
    calls = proposal.result.calls if isinstance(proposal.result, PlanResult) else ()
    for answer in answers:
        at, _, name = _strip_record(answer.slot).partition(".")
        if answer.text is None or not at.isdigit() or int(at) >= len(calls):
            continue
        argument = calls[int(at)].arguments.get(name)
        made += [each for each in list_words(argument) if each.origin == 0 and each.start is not None]
    return tuple(dict.fromkeys(made))


def list_offered_records(
    question: Question, proposal: Proposal, catalogue: Catalogue
) -> Mapping[str, tuple[RecordKey, ...]]:
    """The records that the question offered, under the handle that the prompt names. Records offered only as similar to
    an unknown name are left out."""
    _, _, kind = question.slot.partition("/")
    contract, name = _find_asked(question.slot, proposal, catalogue)
    kind = kind or (contract.annotation(name).record if contract is not None else None) or ""
    keys = tuple((kind, each.id) for each in question.candidates)
    offers = kind and keys and question.slot != REST and question.code == "ambiguous"
    return {OFFERED: keys} if offers else {}


def _find_asked(slot: str, proposal: Proposal, catalogue: Catalogue) -> tuple[Contract | None, str]:
    """The contract and parameter of a slot."""
    at, _, name = _strip_record(slot).partition(".")
    calls = proposal.result.calls if isinstance(proposal.result, PlanResult) else ()
    contract = catalogue.get(calls[int(at)].action) if at.isdigit() and int(at) < len(calls) else None
    return (contract, name) if contract is not None and name in contract.properties else (None, name)


def _strip_record(slot: str) -> str:
    return slot.partition("/")[0]


def _is_free_text(contract: Contract, name: str) -> bool:
    schema, annotation = contract.properties[name], contract.annotation(name)
    return (
        isinstance(schema, Mapping)
        and schema.get("type") == "string"
        and not list_members(schema)
        and not {"format", "pattern"} & set(schema)
        and annotation.record is None
    )
