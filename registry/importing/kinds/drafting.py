"""Kind drafter: turns one list of a document, with the operations on a record's id, into a kind's draft."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from language.text import singularize
from registry.importing.document.alternatives import Settled, Settler
from registry.importing.document.description import Operation, is_json
from registry.importing.drafts import words
from registry.importing.drafts.names import VERBS
from registry.importing.drafts.wrappers import find_inner
from registry.importing.kinds import fields as field_drafts
from registry.importing.kinds.candidates import PLACEHOLDER, Candidate
from registry.importing.kinds.listing import (
    Rows,
    draft_filters,
    draft_listing,
    find_record,
    find_records,
    read_answer,
    split_query,
)
from registry.importing.kinds.nouns import read_title_nouns, with_plurals
from registry.json_schema.pointer import join_pointer

NAMED_BY: Final = 'By which field do people name it? Say it as "named_by".'
OWN_ID: Final = "own_id"
"""Field with a record's own part of the id, if its kind lies within another."""


@dataclass(frozen=True, slots=True)
class KindDraft:
    """A kind's entry in ``connector.json``, with the open questions. ``path`` is the path of one record, with its id as
    ``{…}``, whether or not it can be read there. ``own_field`` and ``scope_field`` are set if the kind lies within
    another: they fill the two placeholders of the path."""

    name: str
    entry: dict[str, Any]
    path: str
    decide: tuple[str, ...]
    own_field: str = ""
    scope_field: str = ""
    held: frozenset[str] = frozenset()
    """Fields of a record that is read singly, if its records are rewritten as a whole."""
    schemas: frozenset[int] = frozenset()
    """Keys of the document's schemas for its records, as they are listed and read."""
    refers: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    """Field → its place, and the key of the schema of the record that the field contains or refers to by id."""

    @property
    def noun(self) -> str:
        return str(self.entry["nouns"][0])


def draft_kind(
    candidate: Candidate, settler: Settler, parent: KindDraft | None, left_out: frozenset[str]
) -> KindDraft | None:
    """The draft for one list. None if its records form no kind. ``parent`` is the kind that contains it. ``left_out``
    are keys of operations without a draft."""
    segment = (list_segments(candidate.path)[-1:] or ["record"])[0].removesuffix(".json")
    said = words.split_words(segment)
    if said and said[-1] in VERBS and candidate.one is None:
        return None
    plural = " ".join(said)
    answer = read_answer(candidate.listing, settler)
    rows = find_records(answer, plural, settler) if answer is not None else None
    if answer is None or rows is None:
        return None
    drafting = _Drafting(candidate, settler, parent, left_out, answer, rows, plural, singularize(plural))
    return drafting.draft()


@dataclass(frozen=True, slots=True)
class _Drafting:
    """One list whose answer has rows, and its names from the path."""

    candidate: Candidate
    settler: Settler
    parent: KindDraft | None
    left_out: frozenset[str]
    answer: Settled
    rows: Rows
    plural: str
    singular: str

    @property
    def above(self) -> KindDraft | None:
        """The parent, if its id is in the path."""
        return self.parent if not self.candidate.asked else None

    def draft(self) -> KindDraft | None:
        candidate, rows, parent = self.candidate, self.rows, self.parent
        read = _read(candidate, self.singular, rows, self.settler)
        record = read[1] if read is not None else rows.record
        if record is None:
            return None
        fields = self._draft_fields(record, read is not None)
        identity = self._find_identity(fields, read is not None)
        if identity is None:
            return None
        nouns = _nouns(candidate, self.singular, self.plural)
        key_at = str(fields[identity]["at"])
        if field_drafts.is_chosen(record, fields[identity], self.settler):
            fields[identity]["search"] = "name"
        own, scope_field = identity, ""
        if parent is None:
            fields[identity] = {key: each for key, each in fields[identity].items() if key != "lenient"} | {
                "type": "id"
            }
        else:
            identity, own, scope_field = _within(fields, identity, parent)
        field_drafts.add_currency(fields, record, self.settler)
        label = field_drafts.draft_label(fields, own, self.singular)
        order = field_drafts.find_order(fields, record, self.settler)
        entry: dict[str, Any] = {
            "title": write_title(nouns[0]),
            "nouns": nouns,
            "id": identity,
            "label": label,
            **({"detail": detail} if (detail := field_drafts.draft_detail(fields, label)) else {}),
            "fields": fields,
            **({"order": order} if order else {}),
            **({"states": states} if (states := field_drafts.draft_states(fields)) else {}),
            "list": self._draft_list(key_at, fields),
        }
        held = self._keep_written(fields, record)
        replaced = any(each.method == "PUT" for each in candidate.on_it)
        # Platforms show less of a record in lists than in single reads, and a card is valid for exactly the record that
        # it shows. If a list comes in one page, a record is found in it as well. A record that is rewritten as a whole
        # needs the single read.
        if read is not None and (replaced or entry["list"]["pagination"]["type"] != "none"):
            entry |= self._draft_read(read[0], replaced)
        if parent is not None:
            entry["scope"] = {parent.name: parent.name}
            entry["relations"] = [{"kind": parent.name, "via": scope_field}]
        return KindDraft(
            name=words.to_snake_case(nouns[0]),
            entry=entry,
            path=candidate.record_path,
            decide=tuple(self._list_questions(fields)),
            own_field=own if parent else "",
            scope_field=scope_field,
            held=held,
            schemas=frozenset(each.view.key for each in (record, rows.record) if each is not None),
            refers=self._find_references(record),
        )

    def _draft_fields(self, record: Settled, is_read: bool) -> dict[str, Any]:
        """The record's fields. ``is_read``: they come from the single read. Then only fields that lists also have are
        taken, since a record must be the same however it was read."""
        fields = field_drafts.draft_fields(record, self.settler, self.singular)
        if not is_read or self.rows.record is None:
            return fields
        listed = {words.to_snake_case(each) for each in self.rows.record.children}
        shared = {name: each for name, each in fields.items() if words.to_snake_case(_key(each)) in listed}
        known = field_drafts.find_identity(shared, self.candidate.key, self.singular, certain=False)
        return shared if known else fields

    def _find_identity(self, fields: dict[str, Any], is_read: bool) -> str | None:
        """The field with a record's id. It is added if rows are keyed by the id and don't repeat it."""
        key = self.candidate.key
        identity = field_drafts.find_identity(fields, key, self.singular, certain=not is_read)
        if identity is None and self.rows.keyed:
            identity = words.to_snake_case(key)
            fields[identity] = {"at": join_pointer(key)}
        return identity

    def _draft_list(self, key_at: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        candidate, parent = self.candidate, self.parent
        placed = _path_within(candidate.listing.path, candidate.outer, self.above)
        listing = draft_listing(candidate.listing, placed, self.answer, self.rows, self.settler)
        if self.rows.keyed:
            listing["keyed_by"] = key_at
        owner = {candidate.asked: "{" + parent.name + "}"} if parent and candidate.asked else {}
        if needed := {**candidate.fixed, **owner}:
            listing["query"] = {**listing.get("query", {}), **needed}
        filters = draft_filters(candidate.listing, fields, self.settler)
        if filters := {name: each for name, each in filters.items() if each["query"] not in listing.get("query", {})}:
            listing["filters"] = filters
        return listing

    def _draft_read(self, pointer: str, replaced: bool) -> dict[str, Any]:
        """The single read of a record by its id, if there is one. ``replaced``: a call rewrites the record."""
        candidate = self.candidate
        if candidate.one is None:
            return {}
        path = re.sub(r"\{" + re.escape(candidate.key) + r"\}(?!.*\{)", "{id}", candidate.one.path)
        read = split_query(_path_within(path, candidate.outer, self.above, candidate.one))
        return {"get": {**read, **({"record": pointer} if pointer else {}), **({"fuller": True} if replaced else {})}}

    def _keep_written(self, fields: dict[str, Any], record: Settled) -> frozenset[str]:
        """Adds the fields that a call must keep when it rewrites the record. Returns the places in the record."""
        anew = [each for each in self.candidate.on_it if each.method == "PUT" and each.key not in self.left_out]
        if not anew:
            return frozenset()
        written = frozenset(each for one in anew for each in _list_members(one, self.settler))
        kept, held = field_drafts.draft_kept(record, self.settler, fields, written)
        fields |= kept
        return held

    def _list_questions(self, fields: Mapping[str, Any]) -> Iterator[str]:
        """Questions for a person."""
        if self.candidate.fixed:
            always = ", ".join(f"{name}={value}" for name, value in self.candidate.fixed.items())
            yield f"Its list is always asked with {always}: does it tell of every record so?"
        if not any("search" in each for each in fields.values()):
            yield NAMED_BY

    def _find_references(self, record: Settled) -> dict[str, tuple[str, int]]:
        """Field → its place, and the key of the schema that it refers to."""
        return {
            words.to_snake_case(key): (join_pointer(key), told)
            for key, child in record.children.items()
            if (told := self.settler.sent(child).refers) and child.own.get("writeOnly") is not True
        }


def _list_members(operation: Operation, settler: Settler) -> Iterator[str]:
    """The member names of a JSON body."""
    for content in operation.contents:
        if is_json(content.media_type):
            yield from find_inner(settler.sent(settler.of(content.schema).view), settler).children


def _read(candidate: Candidate, singular: str, rows: Rows, settler: Settler) -> tuple[str, Settled] | None:
    """The place of the record in the answer to a single read. An answer with a list isn't a single read."""
    answer = read_answer(candidate.one, settler) if candidate.one is not None else None
    found = find_record(answer, singular, settler) if answer is not None else None
    inner = rows.record is not None and rows.pointer and not rows.keyed
    if found is None or (inner and not found[0] and _has(found[1], rows.pointer, settler)):
        return None
    return found if found[1].children else None


def _has(record: Settled, pointer: str, settler: Settler) -> bool:
    """Whether the place of a single record contains the list."""
    child = record.children.get(pointer[1:])
    return child is not None and settler.settled(child).kind == "array"


def _within(fields: dict[str, Any], identity: str, parent: KindDraft) -> tuple[str, str, str]:
    """Gives a kind within another its three fields: the id of two parts, its own part, and its owner's."""
    own = identity if identity != "id" else OWN_ID
    scope = parent.name if parent.name not in fields or parent.name == identity else f"{parent.name}_key"
    fields[own] = _without_leniency(fields[identity])
    at = fields[own]["at"]
    fields["id"] = {"at": at, "type": "id"}
    fields[scope] = {"at": f"${parent.name}", "type": "id"}
    return "id", own, scope


def _without_leniency(field: Mapping[str, Any]) -> dict[str, Any]:
    return {key: each for key, each in field.items() if key != "lenient"}


def _path_within(path: str, outer: str, parent: KindDraft | None, one: Operation | None = None) -> str:
    """The path with its outer placeholder named after the kind that fills it."""
    if parent is None:
        return path
    name = (PLACEHOLDER.findall(one.path) or [outer])[0] if one is not None else outer
    return path.replace("{" + name + "}", "{" + parent.name + "}", 1)


def _nouns(candidate: Candidate, singular: str, plural: str) -> list[str]:
    """The nouns from the path and from titles. A path that isn't a plural counts less than titles that all agree."""
    titled = read_title_nouns(candidate.on_it)
    if any(singular in each.summary.lower() for each in candidate.on_it):  # drops nouns that are a part of this one
        titled = [each for each in titled if not singular.startswith(f"{each} ")]
    plain = [singular, *titled] if singular != plural or not titled else [*titled, singular]
    return with_plurals(plain) if singular != plural else list(dict.fromkeys((*with_plurals(titled), *plain)))


def _key(field: Mapping[str, Any]) -> str:
    return str(field["at"]).lstrip("/").split("/")[0].replace("~1", "/").replace("~0", "~")


def write_title(noun: str) -> str:
    return noun[:1].upper() + noun[1:]


def list_segments(path: str) -> list[str]:
    """The segments of a path that are no placeholders and no version."""
    return [each for each in path.split("/") if each and "{" not in each and not words.is_version(each)]
