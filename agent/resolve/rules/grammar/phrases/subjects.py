"""Subjects: the record that a sentence is about, by a phrase, a pronoun or a bare code."""

from __future__ import annotations

from agent.planning.proposal import Find
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase, is_code
from agent.resolve.rules.grammar.reader import Reader


def read_subject(reader: Reader, index: int, stop: int) -> Phrase | None:
    """The subject of a sentence."""
    if index >= stop:
        return None
    low = reader.low(index).removesuffix("'s").removesuffix("'re")
    if low in {"it", "that", "this", "they"} and reader.thing is not None:
        return Phrase(reader.thing, index, index + 1, True)
    if low in {"he", "she", "they"} and reader.person is not None:
        return Phrase(reader.person, index, index + 1, False)
    return read_phrase(reader, index, stop, None)


def list_subjects(reader: Reader, index: int, stop: int) -> list[Phrase]:
    """The possible subjects of a sentence. A bare code may be of any kind. One with letters is first a code field's."""
    one = read_subject(reader, index, stop) or (read_subject(reader, index, reader.name(index, stop)))
    if one is not None:
        return [one]
    made: list[tuple[bool, Phrase]] = []
    step = index + (reader.low(index) == "the")
    for kind in reader.kinds.values():
        if step < stop and is_code(reader, step, kind):
            coded = any(each.search == "number" and each.type == "string" for each in kind.fields)
            find = Find(record=kind.name, said=reader.words(step, step + 1))
            made.append((coded is reader.low(step).isdigit(), Phrase(find, index, step + 1, True)))
    return [phrase for _, phrase in sorted(made, key=lambda each: each[0])]
