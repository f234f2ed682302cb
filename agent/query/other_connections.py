"""Other connections: says which connection a question was answered from, where others have the same kind."""

from __future__ import annotations

import re

from agent.pipeline import Question, Reply
from agent.planning.proposal import Answer, Find
from agent.planning.quotes import walk
from agent.validate.questions import join, quote_words
from registry.records import Kinds, Place


def tell_connection(kinds: Kinds, asked: Answer, made: Reply | Question, text: str) -> str:
    """Says which connection was searched for a question, or for a record of it that wasn't found. Empty if the words
    could mean no other."""
    if isinstance(made, Question) and made.code != "not_found":
        return ""
    finds = [each for each in walk(asked) if isinstance(each, Find)]
    read = [each.record for each in finds]
    read += [made.record_kind] if isinstance(made, Reply) and made.record_kind is not None else []
    note = next(filter(None, (note_other_connections(kinds, each, text) for each in dict.fromkeys(read))), "")
    if note or isinstance(made, Reply):
        return note
    named = (each.record for each in finds if each.said is not None and quote_words(each.said.text) in made.text)
    return next(filter(None, (_tell_unsearched(kinds, each) for each in named)), "")


def _tell_unsearched(kinds: Kinds, name: str) -> str:
    """Which other connections may have the record that was not found."""
    kind = kinds.get(name)
    if kind is None:
        return ""
    own, clashes = kinds.place(kind.name), kinds.clashes()
    shared = [each for noun in kind.nouns for each in clashes.get(noun.casefold(), ())]
    others = {place.name: place for place in map(kinds.place, shared) if place.name != own.name}
    return f"Only {_shown(own)} was searched, not {join([*map(_shown, others.values())], 'or')}." if others else ""


def note_other_connections(kinds: Kinds, name: str, text: str) -> str:
    """Says which connection was searched, and which others have the same kind. Empty if the words could mean no other
    connection, or name one. ``name`` is the kind that was read, ``text`` the question."""
    kind = kinds.get(name)
    if kind is None:
        return ""
    said, own = text.casefold(), kinds.place(kind.name)
    nouns = [
        (noun, meant)
        for noun, meant in kinds.clashes().items()
        if kind.name in meant and re.search(rf"(?<!\w){re.escape(noun)}(?!\w)", said)
    ]
    if not nouns:
        return ""
    noun, meant = max(nouns, key=lambda each: len(each[0]))
    others = {place.name: place for place in map(kinds.place, meant) if place.name != own.name}
    if not others or any(_shown(each).casefold() in said or each.name in said for each in (own, *others.values())):
        return ""
    named = " and ".join(map(_shown, others.values()))
    return f"That is {_shown(own)} alone; say “{_shown(next(iter(others.values())))} {noun}” for those of {named}."


def _shown(place: Place) -> str:
    return place.title or place.name
