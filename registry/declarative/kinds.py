"""Record kinds of a connector document: turns a kind's entry into a ``registry.records.RecordKind``."""

from __future__ import annotations

from collections.abc import Mapping

from registry.declarative.document import KindDocument
from registry.records import Field, RecordKind, Relation


def make_record_kind(name: str, kind: KindDocument) -> RecordKind:
    """The declared kind. It has the words of every language besides the English ones."""
    nouns = list(kind.nouns)
    states = {word: {each: tuple(values) for each, values in held.items()} for word, held in kind.states.items()}
    for words in kind.words.values():
        nouns += words.nouns
        states |= {word: states[state] for word, state in words.states.items() if state in states}
    return RecordKind(
        name=name,
        title=kind.title,
        nouns=tuple(dict.fromkeys(nouns)),
        fields=tuple(
            Field(
                each,
                held.type,
                held.label or "",
                search=held.search,
                values=tuple(dict.fromkeys(held.values.values() if isinstance(held.values, Mapping) else held.values)),
                currency_field=held.currency_field,
                pattern=held.pattern,
                ranged=held.ranged,
                words=held.words,
                lenient=held.lenient,
            )
            for each, held in kind.fields.items()
        ),
        id_field=kind.id,
        label=kind.label,
        detail=kind.detail,
        relations=tuple(Relation(each.kind, each.via) for each in kind.relations),
        order=kind.order,
        size=kind.size,
        states=states,
        times=dict(kind.times),
        ours=kind.ours,
    )
