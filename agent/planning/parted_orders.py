"""Parted orders: two orders in one text, each of which is planned by itself, and a rider that rules something out which
the order before it leaves alone anyway ("…, nothing else")."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from agent.extract.time import dates
from agent.pipeline import Abstain, Answer, Plan
from agent.planning.linked_plans import MOST_CHARACTERS, asks_something, is_open, read_as
from agent.planning.order_words import BARS
from agent.planning.proposal import Call, DraftedText, PlanResult, Proposal, QuotedText, RecordArgument, Words
from agent.planning.quotes import find_places, walk
from agent.planning.task import Outcome, Task, hold, hold_for_words
from agent.resolve.rules.clauses import is_akin_to_order
from agent.resolve.rules.grammar import lexicon
from agent.validate.questions import REST
from language.number_words import CARDINALS
from language.stems import split_runs, stem
from language.text import find_quotations, read_text, word_set

BOTH: Final = "Your words are read as two orders. Check that both are here as you mean them."
_JOINT: Final = re.compile(r"\s*[,;.–-]?\s+(?:and\s+then|and|then|with|but)\s+|\s*[,;]\s+(?:then\s+)?", re.IGNORECASE)
_MOST_JOINTS: Final = 3
_FIRST: Final = re.compile(r"\s*first\s+", re.IGNORECASE)
_ONLY_RULES_OUT: Final = re.compile(r"(?<!\w)but\s+$", re.IGNORECASE)
"""Behind "but" stands no further order that is read here."""
_OPENING: Final = word_set("and but please just the definitely")
_KEEPING: Final = word_set("leave keep stays stay remains remain")
"""Verbs by which something is to be as it was."""
_NONE: Final = word_set("no nothing none nobody")
_DENIED: Final = _NONE | {"not"}
_MORE: Final = word_set("more less fewer than total longer later earlier sooner most least before after")
"""Words by which something is limited rather than ruled out."""
_SPOKEN_OF: Final = lexicon.PRONOUNS | lexicon.PERSONAL | lexicon.EVERY | word_set("one ones those these last first")
"""What may say which of the order's own things are meant: "not the closed one"."""
Try = Callable[[Task], Awaitable[Outcome]]
Validate = Callable[[Task, Proposal], Awaitable[Outcome]]


async def plan_parts(task: Task, made: Outcome, plan: Try, validate: Validate) -> Outcome:
    """The plan of both orders, or of the one before a rider, held. ``made`` if it stands, or if not all parts can be
    planned. ``plan`` plans a task, ``validate`` tries a proposal for a task. Raises PlatformUnavailable."""
    request = task.request
    if not isinstance(made.verdict, Abstain) or not is_open(task, made) or request.answers or request.thread:
        return made
    if len(request.text) > MOST_CHARACTERS or asks_something(request.text):
        return made
    for end, start in _list_joints(request.text):
        before, behind = (0, end), (start, len(request.text))
        rules_out = _is_rider(task, request.text[start:])
        if not rules_out and _bars(request.text):
            continue
        first = await plan(_read_only(task, [before]))
        if not isinstance(first.verdict, Plan) or first.proposal is None:
            continue
        if rules_out:
            texts = [each for each in walk(first.proposal.result) if isinstance(each, QuotedText | DraftedText)]
            if not texts and _leaves_alone(task, first.verdict, request.text[start:]):
                return hold_for_words(first, [request.text[start:].strip(" .!")])
            continue
        if _ONLY_RULES_OUT.search(request.text, 0, start):
            continue
        second = await _plan_second(task, first.proposal, behind, plan)
        if second is None:
            continue
        said = request.text[end:start].strip(" ,;.")
        joint = Words(text=said, start=request.text.find(said, end))
        agreed = Answer(slot=REST, choice=REST, text="")  # the words of each part were read with it
        proven = replace(task, request=request.model_copy(update={"answers": (agreed,)}))
        both = await validate(proven, _join(first.proposal, second, joint))
        if isinstance(both.verdict, Plan) and not both.verdict.pieces:
            return hold(both, BOTH)
    return made


def _list_joints(text: str) -> Iterator[tuple[int, int]]:
    quoted = find_quotations(text)
    found = [each.span() for each in _JOINT.finditer(text)]
    found = [each for each in found if each[0] and text[each[1] :].strip()]
    found = [each for each in found if not any(a < each[0] < b for a, b in quoted)]
    yield from found[:_MOST_JOINTS] if ":" not in text else ()


def _bars(text: str) -> bool:
    return not BARS.isdisjoint(text.casefold().replace(",", " ").split())


def _read_only(task: Task, places: Sequence[tuple[int, int]]) -> Task:
    """The task with nothing but these places of its text, each of which stays where it is."""
    text = task.request.text
    kept = {at for place in places for at in range(*place)}
    opening = _FIRST.match(text)
    kept -= {*range(*opening.span())} if opening is not None else set()
    return read_as(task, "".join(char if at in kept else " " for at, char in enumerate(text)).rstrip())


async def _plan_second(task: Task, first: Proposal, behind: tuple[int, int], plan: Try) -> Proposal | None:
    """The plan of the second order: by its own words, or with the names of the first one."""
    named = [each for each in walk(first.result) if isinstance(each, RecordArgument)]
    names = find_places(tuple(named), task.request)
    done = {call.action for call in _list_calls(first)}
    for places in ([behind], [*names, behind]) if names else ([behind],):
        made = await plan(_read_only(task, places))
        calls = _list_calls(made.proposal) if isinstance(made.verdict, Plan) else ()
        texts = any(isinstance(each, QuotedText | DraftedText) for each in walk(calls))
        if calls and (len(places) == 1 or not (texts or done.intersection(call.action for call in calls))):
            return made.proposal
    return None


def _list_calls(proposal: Proposal | None) -> tuple[Call, ...]:
    return proposal.result.calls if proposal is not None and isinstance(proposal.result, PlanResult) else ()


def _join(first: Proposal, second: Proposal, joint: Words) -> Proposal:
    """Both plans as one."""
    results = [each.result for each in (first, second) if isinstance(each.result, PlanResult)]
    calls = tuple(call for each in results for call in each.calls)
    asides = (*(first.asides or ()), *(second.asides or ()))
    said = (joint,) if joint.text else ()
    return first.model_copy(
        update={
            "result": results[0].model_copy(update={"calls": calls}),
            "asides": asides or None,
            "left_over": (*first.left_over, *second.left_over),
            "replaced": (*first.replaced, *second.replaced, *said),
        }
    )


def _is_rider(task: Task, said: str) -> bool:
    """Whether words deny something or leave something as it is, with no day, number or condition."""
    words = [word.casefold() for word, _, _ in split_runs(said)]
    words = [each for each in words if each not in _OPENING]
    now = task.request.now.astimezone(task.request.zone).date()
    if not words or any(each in CARDINALS or any(map(str.isdigit, each)) for each in words):
        return False
    if [*dates.find(read_text(said), now)] or not (BARS - lexicon.DENYING).isdisjoint(words):
        return False
    if words[0] in _KEEPING:
        return True
    deeds = any(is_akin_to_order(stem(each)) for each in words[1:2]) and words[0] not in _NONE
    return words[0] in _DENIED and not deeds and not {*words} & _MORE


def _leaves_alone(task: Task, plan: Plan, said: str) -> bool:
    """Whether words name nothing that the plan is about: no record of it, no noun or state of such a record."""
    words = {word.casefold() for word, _, _ in split_runs(said)}
    pins = [pin for step in plan.steps for pin in step.pins]
    kinds = [kind for pin in pins if (kind := task.workspace_context.kinds.get(pin.record_kind)) is not None]
    labels = {word.casefold() for pin in pins for word, _, _ in split_runs(pin.label)}
    values = {str(each.value).casefold() for step in plan.steps for each in step.filled}
    states = {word for kind in kinds for state in kind.states for word in re.split(r"[\s_]", state.casefold())}
    nouns = {stem(word) for kind in kinds for noun in kind.nouns for word in noun.split()}
    content = words - lexicon.DETERMINERS
    return content.isdisjoint(_SPOKEN_OF | labels | values | states) and nouns.isdisjoint(map(stem, words))
