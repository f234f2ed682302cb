"""Other connections: says which connection a question was answered from, where others have the same kind."""

from __future__ import annotations

import re

from registry.records import Kinds, Place


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
