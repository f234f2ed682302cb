"""Linked answers: the one answer that accounts for every word of a question, by names that live data knows. Tried where
a question wasn't understood."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from agent.extract.time import dates, time_ranges
from agent.pipeline import Reply
from agent.planning.linked_calls import list_choices
from agent.planning.linked_plans import is_open
from agent.planning.proposal import Answer, AnswerResult, Find, Proposal, RecordsAnswer, Words, YesNoAnswer
from agent.planning.record_links import RecordLink, find_links
from agent.planning.task import Outcome, Task
from agent.resolve.rules.grammar.phrases.fields import label_field
from agent.resolve.rules.grammar.questions.accounted import accounts_for
from agent.resolve.rules.grammar.questions.comparisons import list_compared
from agent.resolve.rules.grammar.questions.linked_questions import list_linked_answers
from agent.resolve.rules.grammar.reader import Reader
from agent.validate.records.located import RecordScope
from core.errors import PlatformUnavailable
from language.stems import stem
from language.text import read_text
from registry.records import RecordKind

MOST_KINDS: Final = 12
MOST_TRIED: Final = 8
"""Answers that are tried on live data."""
MOST_CHOICES: Final = 8
MOST_CHARACTERS: Final = 200
Validate = Callable[[Proposal], Awaitable[Outcome]]


async def answer_linked(task: Task, made: Outcome, validate: Validate) -> Outcome:
    """The answer. ``made`` if there is none, or if several are as likely."""
    text, kinds = task.request.text, list(task.workspace_context.kinds)[:MOST_KINDS]
    if not is_open(task, made) or task.request.answers or len(text) > MOST_CHARACTERS:
        return made
    scope = RecordScope(task.workspace_context.kinds, task.actor, task.request.surface)
    try:
        links = await find_links(text, scope, [each for each in kinds if any(one.search for one in each.fields)])
        rated = _list_rated(task, kinds, links)
        tried = await asyncio.gather(*(validate(Proposal(result=AnswerResult(answer=each))) for _, each in rated))
    except PlatformUnavailable:
        return made
    found = [
        (rate, one)
        for (rate, asked), one in zip(rated, tried, strict=True)
        if isinstance(one.verdict, Reply)
        and (one.verdict.records or isinstance(asked, YesNoAnswer))
        and _has_as_many(asked, one.verdict)
    ]
    best = max((rate for rate, _ in found), default=0)
    likeliest = {_tell(one): one for rate, one in found if rate == best}
    return next(iter(likeliest.values())) if len(likeliest) == 1 else made


def _has_as_many(asked: Answer, reply: Reply) -> bool:
    """Whether there are as many as are asked for, where it is the next or last of several, or one of two."""
    find = asked.records if isinstance(asked, RecordsAnswer) else None
    if not isinstance(find, Find) or find.order is None:
        return True
    return reply.count == (find.pick if isinstance(find.pick, int) else 1)


def _tell(outcome: Outcome) -> tuple[object, ...]:
    reply = outcome.verdict
    assert isinstance(reply, Reply)
    return tuple((each.id, each.label) for each in reply.records)


def _list_rated(task: Task, kinds: Sequence[RecordKind], links: Sequence[RecordLink]) -> list[tuple[int, Answer]]:
    """The answers to try, likeliest first."""
    text, made = task.request.text, dict[str, tuple[int, Answer]]()
    called = (f"{label_field(each)} {each.name.replace('_', ' ')}" for kind in kinds for each in kind.fields)
    labels = {stem(word) for each in called for word in each.split()}
    states = {state.casefold() for kind in kinds for state in kind.states}
    said = [(each, text[each.start : each.end].casefold()) for each in links]
    read = read_text(text)
    times = [(each.start, each.end) for each in time_ranges.find(read, task.request.now)]
    times += [(each.start, each.end) for each in dates.find(read, task.request.now.date())]
    dated = [each for each in links if any(start < each.end and each.start < end for start, end in times)]
    told = [each for each, words in said if stem(words) in labels or words in states]  # "can still be refunded"
    told += [each for each in dated if each not in told]  # a Monday, although a title has the word
    for those in itertools.islice(list_choices(links, told), MOST_CHOICES):
        now = task.request.now.astimezone(task.request.zone)
        reader = Reader(text, kinds, now, lambda start, end: Words(text=text[start:end], start=start))
        compared = [(MOST_TRIED, each) for each in list_compared(reader, those)]
        linked = [*list_linked_answers(reader, those), *compared]
        for rate, each in (one for one in linked if accounts_for(reader, one[1])):
            key = each.model_dump_json()
            made[key] = max(made.get(key, (0, each)), (rate, each), key=lambda pair: pair[0])
    return sorted(made.values(), key=lambda pair: -pair[0])[:MOST_TRIED]
