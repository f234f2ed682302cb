"""Record kinds from what can be listed: ``GET /things`` with ``/things/{id}`` beside it becomes a kind's draft.

The draft is an entry of ``kinds`` in ``connector.json``. It says what the document says: which fields people may search
by, and whether the fields are safe to read, is for a person to confirm.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from registry.importing.document.alternatives import Settled, Settler
from registry.importing.document.description import ApiDescription, Operation, is_json
from registry.importing.drafts import words
from registry.importing.drafts.names import VERBS
from registry.importing.drafts.wrappers import find_inner
from registry.importing.kinds import fields as field_drafts
from registry.importing.kinds.candidates import PLACEHOLDER, Candidate, find_candidates, shape
from registry.importing.kinds.listing import Rows, draft_listing, find_record, find_records, read_answer, split_query
from registry.importing.kinds.nouns import find_head_nouns, read_title_nouns, with_plurals
from registry.json_schema.pointer import join_pointer

NAMED_BY: Final = 'By which field do people name it? Say it as "named_by".'
MAX_KINDS: Final = 200
"""Of a connector's document."""
OWN_ID: Final = "own_id"
"""The field that holds the own part of an id, where a kind lies within another."""
_REFERENCE: Final = re.compile(r"(?P<stem>.+?)_(?:id|pk|uuid)\Z")


@dataclass(frozen=True, slots=True)
class KindDraft:
    """A kind's entry in ``connector.json``, with what is to be decided.
    ``path`` is that of one record, its id as ``{…}``, whether or not it is read there; ``own_field`` and
    ``scope_field`` are set where it lies within another kind: what fills the two places of the path."""

    name: str
    entry: dict[str, Any]
    path: str
    decide: tuple[str, ...]
    own_field: str = ""
    scope_field: str = ""
    held: frozenset[str] = frozenset()
    """Where the record that is read of one has something, where its records are written anew as a whole."""
    schemas: frozenset[int] = frozenset()
    """Keys of the schemas that the document has for its records, as they are listed and read."""
    refers: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    """Field → its place, and the key of the schema of the record that it holds, or the id of."""

    @property
    def noun(self) -> str:
        return str(self.entry["nouns"][0])


def find_kinds(
    description: ApiDescription, settler: Settler, left_out: frozenset[str] = frozenset()
) -> list[KindDraft]:
    """Every kind that can be listed and is acted on by its id, each noun once. Of several lists of one noun that
    counts which most operations that change something go with. A kind may lie within one record of another
    (``/orders/{id}/items``), where that is a kind too and lies within none itself. ``left_out`` are keys of operations
    that nothing is drafted for."""
    by_noun: dict[str, list[tuple[Candidate, KindDraft]]] = defaultdict(list)
    made: dict[str, KindDraft] = {}
    candidates = find_candidates(description, settler)
    for within in (False, True):
        for each in (each for each in candidates if bool(each.outer) is within):
            parent = _parent(each, made.values()) if within else None
            if within and parent is None:
                continue
            kind = _kind(each, settler, parent, left_out)
            if kind is not None:
                by_noun[kind.name].append((each, kind))
        if not within:
            made = _chosen(by_noun)
    made = _chosen(by_noun)
    kinds = [_without_lost_parent(each, made) for each in made.values()]
    return _with_relations(_with_heads([each for each in kinds if each is not None][:MAX_KINDS], description))


def _parent(candidate: Candidate, kinds: Iterable[KindDraft]) -> KindDraft | None:
    """The kind whose ids fill a placeholder: the one whose records are at just that part of the path; of a query, the
    one that it is called after."""
    if candidate.asked:
        name = words.to_snake_case(candidate.asked)
        found = _REFERENCE.fullmatch(name)
        above = (each for each in kinds if each.name in (name, found["stem"] if found else ""))
        return next((each for each in above if "scope" not in each.entry), None)
    upto = shape(candidate.path.partition("{" + candidate.outer + "}")[0]) + "/{}"
    return next((each for each in kinds if shape(each.path) == upto and "scope" not in each.entry), None)


def _chosen(by_noun: Mapping[str, Sequence[tuple[Candidate, KindDraft]]]) -> dict[str, KindDraft]:
    """Each name once. What nothing is changed by gives way; others are called after what they belong to as well."""
    made: dict[str, KindDraft] = {}
    for several in by_noun.values():
        ranked = sorted(several, key=lambda each: (-each[0].changes, each[0].path.count("{")))
        most = ranked[0][0].changes
        for place, (candidate, kind) in enumerate(ranked):
            if place and most and not candidate.changes:
                continue
            told = _told_apart(kind, _static(candidate.path)[-2:-1]) if place or kind.name in made else kind
            made.setdefault(told.name, told)
    return made


def _told_apart(kind: KindDraft, above: list[str]) -> KindDraft:
    """The kind, called after what it belongs to as well: ``droplet action``."""
    first = words.to_singular(" ".join(words.split_words(above[0]))) if above else ""
    nouns = [f"{first} {each}".strip() for each in kind.entry["nouns"]]
    entry = {**kind.entry, "title": _titled(nouns[0]), "nouns": nouns}
    return replace(kind, name=words.to_snake_case(nouns[0]), entry=entry)


def _without_lost_parent(kind: KindDraft, made: Mapping[str, KindDraft]) -> KindDraft | None:
    return kind if all(each in made for each in kind.entry.get("scope", {}).values()) else None


def _kind(
    candidate: Candidate, settler: Settler, parent: KindDraft | None, left_out: frozenset[str]
) -> KindDraft | None:
    segment = (_static(candidate.path)[-1:] or ["record"])[0].removesuffix(".json")
    plural = " ".join(words.split_words(segment))
    if words.split_words(segment)[-1:] and words.split_words(segment)[-1] in VERBS and candidate.one is None:
        return None
    singular = words.to_singular(plural)
    answer = read_answer(candidate.listing, settler)
    rows = find_records(answer, plural, settler) if answer is not None else None
    if answer is None or rows is None:
        return None
    read = _read(candidate, singular, rows, settler)
    record = read[1] if read is not None else rows.record
    if record is None:
        return None
    fields = field_drafts.draft_fields(record, settler, singular)
    if read is not None and rows.record is not None:  # a record is the same one however it was read
        listed = {words.to_snake_case(each) for each in rows.record.children}
        shared = {name: each for name, each in fields.items() if words.to_snake_case(_key(each)) in listed}
        fields = shared if field_drafts.find_identity(shared, candidate.key, singular, certain=False) else fields
    decide: list[str] = []
    identity = field_drafts.find_identity(fields, candidate.key, singular, certain=read is None)
    if identity is None and rows.keyed:  # its key is its id, and it doesn't repeat it
        identity = words.to_snake_case(candidate.key)
        fields[identity] = {"at": join_pointer(candidate.key)}
    if identity is None:
        return None
    nouns = _nouns(candidate, singular, plural)
    key_at = str(fields[identity]["at"])
    if field_drafts.is_chosen(record, fields[identity], settler):
        fields[identity]["search"] = "name"
    own, scope_field = identity, ""
    if parent is None:
        fields[identity] = {key: each for key, each in fields[identity].items() if key != "lenient"} | {"type": "id"}
    else:
        identity, own, scope_field = _within(fields, identity, parent)
    label = field_drafts.draft_label(fields, own, singular)
    order = field_drafts.find_order(fields, record, settler)
    around = parent if not candidate.asked else None  # in the path, that is
    placed = _path_within(candidate.listing.path, candidate.outer, around)
    entry: dict[str, Any] = {
        "title": _titled(nouns[0]),
        "nouns": nouns,
        "id": identity,
        "label": label,
        **({"detail": detail} if (detail := field_drafts.draft_detail(fields, label)) else {}),
        "fields": fields,
        **({"order": order} if order else {}),
        **({"states": states} if (states := field_drafts.draft_states(fields)) else {}),
        "list": draft_listing(candidate.listing, placed, answer, rows, settler),
    }
    if rows.keyed:
        entry["list"]["keyed_by"] = key_at
    needed = {**candidate.fixed, **({candidate.asked: "{" + parent.name + "}"} if parent and candidate.asked else {})}
    if needed:
        entry["list"]["query"] = {**entry["list"].get("query", {}), **needed}
    if candidate.fixed:
        with_ = ", ".join(f"{name}={value}" for name, value in candidate.fixed.items())
        decide.append(f"Its list is always asked with {with_}: does it tell of every record so?")
    replaced = any(each.method == "PUT" for each in candidate.on_it)
    held: frozenset[str] = frozenset()
    anew = [each for each in candidate.on_it if each.method == "PUT" and each.key not in left_out]
    if anew:
        written = frozenset(each for one in anew for each in _list_members(one, settler))
        kept, held = field_drafts.draft_kept(record, settler, fields, written)
        fields |= kept
    if read is not None and candidate.one is not None and (replaced or entry["list"]["pagination"]["type"] != "none"):
        # Platforms tell less of a record in lists than by itself, and a card holds for the very record that it shows:
        # where a list comes whole, one of it is found there as well. What is written anew as a whole must be known so.
        path = re.sub(r"\{" + re.escape(candidate.key) + r"\}(?!.*\{)", "{id}", candidate.one.path)
        entry["get"] = {
            **split_query(_path_within(path, candidate.outer, around, candidate.one)),
            **({"record": read[0]} if read[0] else {}),
            **({"fuller": True} if replaced else {}),
        }
    if parent is not None:
        entry["scope"] = {parent.name: parent.name}
        entry["relations"] = [{"kind": parent.name, "via": scope_field}]
    if not any("search" in each for each in fields.values()):
        decide.append(NAMED_BY)
    name = words.to_snake_case(nouns[0])
    schemas = frozenset(each.view.key for each in (record, rows.record) if each is not None)
    own = own if parent else ""
    refers = {
        words.to_snake_case(key): (join_pointer(key), told)
        for key, child in record.children.items()
        if (told := settler.sent(child).refers) and child.own.get("writeOnly") is not True
    }
    return KindDraft(name, entry, candidate.record_path, tuple(decide), own, scope_field, held, schemas, refers)


def _list_members(operation: Operation, settler: Settler) -> Iterator[str]:
    """The members of a JSON body."""
    for content in operation.contents:
        if is_json(content.media_type):
            yield from find_inner(settler.sent(settler.of(content.schema).view), settler).children


def _read(candidate: Candidate, singular: str, rows: Rows, settler: Settler) -> tuple[str, Settled] | None:
    """Where the read of one record has it. What answers with a list of its own is no such read."""
    answer = read_answer(candidate.one, settler) if candidate.one is not None else None
    found = find_record(answer, singular, settler) if answer is not None else None
    inner = rows.record is not None and rows.pointer and not rows.keyed
    if found is None or (inner and not found[0] and _has(found[1], rows.pointer, settler)):
        return None
    return found if found[1].children else None


def _has(record: Settled, pointer: str, settler: Settler) -> bool:
    """Whether the list of many stands in what should be one."""
    child = record.children.get(pointer[1:])
    return child is not None and settler.settled(child).kind == "array"


def _within(fields: dict[str, Any], identity: str, parent: KindDraft) -> tuple[str, str, str]:
    """Gives a kind within another its three fields: the id in two parts, the own part of it, and what it lies in."""
    own = identity if identity != "id" else OWN_ID
    scope = parent.name if parent.name not in fields or parent.name == identity else f"{parent.name}_key"
    fields[own] = {key: each for key, each in fields[identity].items() if key != "lenient"}
    at = fields[own]["at"]
    fields["id"] = {"at": at, "type": "id"}
    fields[scope] = {"at": f"${parent.name}", "type": "id"}
    return "id", own, scope


def _path_within(path: str, outer: str, parent: KindDraft | None, one: Operation | None = None) -> str:
    """The path with its outer placeholder called after the kind that fills it."""
    if parent is None:
        return path
    name = (PLACEHOLDER.findall(one.path) or [outer])[0] if one is not None else outer
    return path.replace("{" + name + "}", "{" + parent.name + "}", 1)


def _nouns(candidate: Candidate, singular: str, plural: str) -> list[str]:
    """What the path calls it, and what titles do. A path that is no plural says less than a title that all agree on."""
    titled = read_title_nouns(candidate.on_it)
    if any(singular in each.summary.lower() for each in candidate.on_it):  # then one that breaks off within it is cut
        titled = [each for each in titled if not singular.startswith(f"{each} ")]
    plain = [singular, *titled] if singular != plural or not titled else [*titled, singular]
    return with_plurals(plain) if singular != plural else list(dict.fromkeys((*with_plurals(titled), *plain)))


def _with_heads(kinds: list[KindDraft], description: ApiDescription) -> list[KindDraft]:
    """Each noun with one kind alone, and the last words of longer ones where they say which is meant."""
    taken: set[str] = set()
    made = []
    for first in (True, False):  # what a kind is first of all called is its own before it is another's second name
        for each in kinds:
            taken |= {each.noun} if first else set()
    for each in kinds:
        nouns = [noun for noun in each.entry["nouns"] if noun == each.noun or noun not in taken]
        taken |= set(nouns)
        made.append(replace(each, entry={**each.entry, "nouns": nouns}))
    counts: dict[str, int] = defaultdict(int)
    for each in made:
        for head in {words.to_singular(noun.rpartition(" ")[2]) for noun in each.entry["nouns"]}:
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
    """Kinds by the key of a schema that is of no other's records."""
    counts = Counter(key for each in kinds for key in each.schemas)
    return {key: each for each in kinds for key in each.schemas if counts[key] == 1}


def _with_relations(kinds: list[KindDraft]) -> list[KindDraft]:
    """Fields that hold another kind's id: ``customer_id``, or ``customer`` where the document says a number."""
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
            if "scope" in names[other].entry:  # its id has the owner's before it
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
                fields[name] = {"at": at, "type": "id", "lenient": True}  # the whole record, where that is told
                relations.append({"kind": referred.name, "via": name})
        extra = {"relations": relations[:20]} if relations else {}
        made.append(replace(each, entry={**each.entry, "fields": fields, **extra}))
    return made


def _referred(name: str, said: Mapping[str, Any], names: Mapping[str, KindDraft], own: KindDraft) -> str | None:
    found = _REFERENCE.fullmatch(name)
    other = names.get(found["stem"] if found else name)
    if other is None or "at" not in said or said.get("type", "string") not in ("string", "integer", "id"):
        return None
    if not found and said.get("type") != "integer":  # a text that is called so: where ids are words themselves
        held = other.entry["fields"].get(other.own_field or other.entry["id"], {})
        if other.name == own.name or held.get("search") != "name":
            return None
    beside = other.entry.get("scope") == own.entry.get("scope")
    return other.name if "scope" not in other.entry or (beside and own.scope_field) else None


def _key(field: Mapping[str, Any]) -> str:
    return str(field["at"]).lstrip("/").split("/")[0].replace("~1", "/").replace("~0", "~")


def _titled(noun: str) -> str:
    return noun[:1].upper() + noun[1:]


def _static(path: str) -> list[str]:
    return [each for each in path.split("/") if each and "{" not in each and not words.is_version(each)]
