"""Asked anew: a bare name after a question asks the same about another record: "and Ada?", "Bo?"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from agent.pipeline import Abstain, Question, Reply
from agent.planning.named_record import list_bare_names, tells_whom
from agent.planning.proposal import AnswerResult, Find, Proposal, Words
from agent.planning.quotes import walk
from agent.planning.task import Task, Verdict
from agent.planning.unplaced_answers import strip_beside
from agent.resolve.rules.clauses import begins_like_an_order
from agent.resolve.rules.grammar.earlier_calls import drop_places, exchange
from language.stems import EMPTY

MOST_WORDS: Final = 4


def list_named(task: Task, abstain: Abstain) -> Iterator[tuple[Proposal, Callable[[Verdict], bool]]]:
    """The questions that words of nothing but a name may mean, likeliest first, and what tells whether they do."""
    if (again := _ask_anew(task)) is not None:
        yield again, _is_answered
    for named in list_bare_names(task, abstain):
        yield named, partial(tells_whom, text=strip_beside(task.request.text) or task.request.text)


def _ask_anew(task: Task) -> Proposal | None:
    """The latest question with the words as the name of its one record. None if they say more than a name, or if the
    question was about none."""
    turn = task.request.thread[-1] if task.request.thread else None
    said = strip_beside(task.request.text.strip(" \t\n.?!")) if turn is not None else ""
    words = said.casefold().split()
    if turn is None or turn.answered is None or turn.calls or not 0 < len(words) <= MOST_WORDS:
        return None
    if begins_like_an_order(said) or all(each in EMPTY for each in words):
        return None
    before = drop_places(turn.answered)
    finds = [each for each in walk(before) if isinstance(each, Find)]
    names = {each.said for each in finds if each.said is not None}
    if len(names) != 1 or any(each.among is not None for each in finds):
        return None
    name = Words(text=said, origin=0, start=task.request.text.index(said))
    return Proposal(result=AnswerResult(answer=exchange(before, names.pop(), name)))


def _is_answered(verdict: Verdict) -> bool:
    """Whether the record was found, or which of several is asked."""
    match verdict:
        case Reply():
            return not verdict.partial
        case Question():
            return verdict.code == "ambiguous"
        case _:
            return False
