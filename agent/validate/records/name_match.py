"""Name matching: one record of that name, or a question. Lookalikes among what was found are always asked, with how
they differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from agent.pipeline import Question
from agent.validate.questions import ask_between, make_candidate, name_of, quote_words
from agent.validate.records import confusables
from agent.validate.records.located import singular
from agent.validate.records.ranking import Fit, find_best
from registry.records import Record, RecordKind

_WORD: Final = re.compile(r"\w+")


def match_name(
    slot: str, param: str, kind: RecordKind, words: str, by: str, records: Sequence[Record], *, place: bool
) -> list[Record] | Question:
    """The records that ``words`` name; none, one, or with ``place`` (a word like "last" will choose) several. A
    Question where a person must look: several are called so, one looks like another, a name holds what can't be seen,
    or only something similar exists. ``by`` is ``any`` where the words were found in names and texts together."""
    fit, picked = find_best(words, records, kind, by) if by != "any" else (Fit.WORDS, list(records))
    if not picked:
        return []
    if fit is Fit.VAGUE and by == "name":
        return _similar(slot, param, kind, words, picked)
    if fit is Fit.VAGUE:
        return []
    if by != "name":
        return (
            picked
            if place or len(picked) == 1
            else ask_between(slot, param, kind, picked, f"match {quote_words(words)}")
        )
    whole = fit is Fit.EXACT or (len(picked) == 1 and _holds_name(words, name_of(picked[0], kind)))
    rivals = _with_twins(picked, records, kind, exact=whole)
    if len(picked) > 1:
        return picked if place else ask_between(slot, param, kind, rivals, f"are called {quote_words(words)}")
    one = picked[0]
    if len(rivals) > 1:
        return ask_between(slot, param, kind, rivals, f"look like {quote_words(words)}")
    odd = confusables.find_suspicious(name_of(one, kind))
    if odd:
        return Question(
            slot=slot,
            code="ambiguous",
            text=f"One {singular(kind)} matches {quote_words(words)}, but its name is not what it looks like: "
            f"{odd[0]}. Is it meant?",
            param=param,
            candidates=(make_candidate(one, (), kind),),
        )
    return [one]


def _holds_name(words: str, name: str) -> bool:
    """Whether the whole name stands in the words, letter by letter, beside what else was said of it."""
    said, held = (f" {' '.join(_WORD.findall(text.casefold()))} " for text in (words, name))
    return held.strip() != "" and held in said


def _with_twins(picked: Sequence[Record], records: Sequence[Record], kind: RecordKind, *, exact: bool) -> list[Record]:
    """The picked ones and every other record found that could be taken for one of them. A whole name typed letter by
    letter is told from one that differs visibly (Novak, Nowak); from one that looks the same, nothing tells it."""
    names = [name_of(each, kind) for each in picked]
    ids = {each.id for each in picked}

    def alike(name: str) -> bool:
        return any(confusables.looks_same(name, one) or (not exact and confusables.is_near(name, one)) for one in names)

    return [*picked, *(each for each in records if each.id not in ids and alike(name_of(each, kind)))]


def _similar(slot: str, param: str, kind: RecordKind, words: str, records: Sequence[Record]) -> Question:
    return ask_between(
        slot,
        param,
        kind,
        records[:3],
        "",
        code="not_found",
        lead=f"There is no {singular(kind)} called {quote_words(words)}. Did you mean",
    )
