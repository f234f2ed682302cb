"""Record kinds from lists: ``GET /things`` with ``/things/{id}`` beside it becomes a kind's draft.

The draft is an entry of ``kinds`` in ``connector.json`` and follows the document. A person confirms which fields can be
searched by, and whether the fields are safe to read.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from language.text import singularize
from registry.importing.document.alternatives import Settler
from registry.importing.document.description import ApiDescription
from registry.importing.drafts import words
from registry.importing.kinds import fields as field_drafts
from registry.importing.kinds.candidates import Candidate, find_candidates, shape
from registry.importing.kinds.drafting import KindDraft, draft_kind, list_segments, write_title
from registry.importing.kinds.nouns import find_head_nouns, with_plurals

MAX_KINDS: Final = 200
"""Most kinds of a connector's document."""
_REFERENCE: Final = re.compile(r"(?P<stem>.+?)_(?:id|pk|uuid)\Z")


def find_kinds(
    description: ApiDescription, settler: Settler, left_out: frozenset[str] = frozenset()
) -> list[KindDraft]:
    """Every kind that can be listed and is acted on by its id, each noun once.

    Of several lists with one noun, the one with most changing operations counts. A kind may lie in one record of
    another (``/orders/{id}/items``), if that is a kind too and lies in none itself. ``left_out`` are keys of operations
    without a draft.
    """
    by_noun: dict[str, list[tuple[Candidate, KindDraft]]] = defaultdict(list)
    made: dict[str, KindDraft] = {}
    candidates = find_candidates(description, settler)
    for within in (False, True):
        for each in (each for each in candidates if bool(each.outer) is within):
            parent = _parent(each, made.values()) if within else None
            if within and parent is None:
                continue
            kind = draft_kind(each, settler, parent, left_out)
            if kind is not None:
                by_noun[kind.name].append((each, kind))
        if not within:
            made = _chosen(by_noun)
    made = _chosen(by_noun)
    kinds = [_without_lost_parent(each, made) for each in made.values()]
    return _with_relations(_with_heads([each for each in kinds if each is not None][:MAX_KINDS], description))


def _parent(candidate: Candidate, kinds: Iterable[KindDraft]) -> KindDraft | None:
    """The kind whose ids fill a placeholder: its records are at exactly that part of the path. For a query parameter,
    the kind with its name."""
    if candidate.asked:
        name = words.to_snake_case(candidate.asked)
        found = _REFERENCE.fullmatch(name)
        above = (each for each in kinds if each.name in (name, found["stem"] if found else ""))
        return next((each for each in above if "scope" not in each.entry), None)
    upto = shape(candidate.path.partition("{" + candidate.outer + "}")[0]) + "/{}"
    return next((each for each in kinds if shape(each.path) == upto and "scope" not in each.entry), None)


def _chosen(by_noun: Mapping[str, Sequence[tuple[Candidate, KindDraft]]]) -> dict[str, KindDraft]:
    """Each name once. A list that no operation changes gives way. Other kinds with the same noun also get their owner's
    name."""
    made: dict[str, KindDraft] = {}
    for several in by_noun.values():
        ranked = sorted(several, key=lambda each: (-each[0].changes, each[0].path.count("{")))
        most = ranked[0][0].changes
        for place, (candidate, kind) in enumerate(ranked):
            if place and most and not candidate.changes:
                continue
            told = _told_apart(kind, list_segments(candidate.path)[-2:-1]) if place or kind.name in made else kind
            made.setdefault(told.name, told)
    return made


def _told_apart(kind: KindDraft, above: list[str]) -> KindDraft:
    """The kind, with its owner's name in its own: ``droplet action``."""
    first = singularize(" ".join(words.split_words(above[0]))) if above else ""
    nouns = [f"{first} {each}".strip() for each in kind.entry["nouns"]]
    entry = {**kind.entry, "title": write_title(nouns[0]), "nouns": nouns}
    return replace(kind, name=words.to_snake_case(nouns[0]), entry=entry)


def _without_lost_parent(kind: KindDraft, made: Mapping[str, KindDraft]) -> KindDraft | None:
    return kind if all(each in made for each in kind.entry.get("scope", {}).values()) else None


def _with_heads(kinds: list[KindDraft], description: ApiDescription) -> list[KindDraft]:
    """Makes each noun unique to one kind, and adds the last words of longer nouns if they are unambiguous."""
    taken: set[str] = set()
    made = []
    for first in (True, False):  # a kind's first noun has priority over another kind's second
        for each in kinds:
            taken |= {each.noun} if first else set()
    for each in kinds:
        nouns = [noun for noun in each.entry["nouns"] if noun == each.noun or noun not in taken]
        taken |= set(nouns)
        made.append(replace(each, entry={**each.entry, "nouns": nouns}))
    counts: dict[str, int] = defaultdict(int)
    for each in made:
        for head in {singularize(noun.rpartition(" ")[2]) for noun in each.entry["nouns"]}:
            counts[head] += 1
    parameters = {parameter.name.lower() for each in description.operations for parameter in each.parameters}
    fields = {name for each in made for name in each.entry["fields"]}
    known = frozenset(taken | parameters | fields | {head for head, count in counts.items() if count > 1})
    for place, each in enumerate(made):
        heads = [head for head in with_plurals(find_head_nouns(each.entry["nouns"], known)) if head not in taken]
        taken |= set(heads)
        made[place] = replace(each, entry={**each.entry, "nouns": list(dict.fromkeys((*each.entry["nouns"], *heads)))})
    return made


def find_by_schema(kinds: Sequence[KindDraft]) -> dict[int, KindDraft]:
    """Kinds by the key of a schema that no other kind's records have."""
    counts = Counter(key for each in kinds for key in each.schemas)
    return {key: each for each in kinds for key in each.schemas if counts[key] == 1}


def _with_relations(kinds: list[KindDraft]) -> list[KindDraft]:
    """Adds relations for fields with another kind's id: ``customer_id``, or ``customer`` if the document says that it
    is a number."""
    names = {each.name: each for each in kinds}
    by_schema = find_by_schema(kinds)
    made = []
    for each in kinds:
        fields = dict(each.entry["fields"])
        relations = list(each.entry.get("relations", ()))
        for name, said in each.entry["fields"].items():
            other = _referred(name, said, names, each)
            if other is None or name in (each.entry["id"], each.own_field, each.scope_field):
                continue
            if "scope" in names[other].entry:  # its id begins with the owner's
                owner = next(iter(each.entry["scope"]))
                within = f"{owner}_{name}"
                fields[within] = {"join": [f"${owner}", said["at"]], "with": "/", "type": "id"}
                relations.append({"kind": other, "via": within})
            fields[name] = {**{key: value for key, value in said.items() if key != "search"}, "type": "id"}
            if "scope" not in names[other].entry:
                relations.append({"kind": other, "via": name})
        for name, (at, schema) in each.refers.items():
            referred = by_schema.get(schema)
            room = name not in fields and len(fields) < field_drafts.MAX_FIELDS
            if room and referred is not None and "scope" not in referred.entry:
                fields[name] = {"at": at, "type": "id", "lenient": True}  # the whole record, if the answer contains it
                relations.append({"kind": referred.name, "via": name})
        extra = {"relations": relations[:20]} if relations else {}
        made.append(replace(each, entry={**each.entry, "fields": fields, **extra}))
    return made


def _referred(name: str, said: Mapping[str, Any], names: Mapping[str, KindDraft], own: KindDraft) -> str | None:
    found = _REFERENCE.fullmatch(name)
    other = names.get(found["stem"] if found else name)
    if other is None or "at" not in said or said.get("type", "string") not in ("string", "integer", "id"):
        return None
    if not found and said.get("type") != "integer":  # a text with that name: if ids are words
        held = other.entry["fields"].get(other.own_field or other.entry["id"], {})
        if other.name == own.name or held.get("search") != "name":
            return None
    beside = other.entry.get("scope") == own.entry.get("scope")
    return other.name if "scope" not in other.entry or (beside and own.scope_field) else None
