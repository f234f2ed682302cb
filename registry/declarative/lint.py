"""Connector linter: finds faults of a connector document beyond its shape, each with what to do.

A Finding whose code begins with ``warn_`` is advice. Pointers are RFC 6901 from the document. The linter raises nothing
for its input, and fetches nothing.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

from core.errors import Finding, InvalidContract, InvalidInput
from registry import patterns
from registry.contract import Contract
from registry.contract import parse as parse_contract
from registry.contract_file import with_base_url
from registry.declarative import document as documents
from registry.declarative.connector import FILE, read_actions, read_document, with_settings
from registry.declarative.document import ConnectorDocument, KindDocument, Operation, Place
from registry.declarative.requests import list_slots
from registry.events.event_catalogue import find_meant, is_own, list_needed
from registry.hints import find_nearest
from registry.json_schema import pointer
from registry.linting import linter

MAX_FINDINGS: Final = 200
EXAMPLE_URL: Final = "https://platform.invalid"


def lint_folder(folder: Path) -> list[Finding]:
    """The findings of a connector's folder: its document and the contracts it names."""
    try:
        made = read_document(folder)
        actions = read_actions(folder, made)
    except InvalidInput as error:
        return list(error.findings) or [Finding("", "unreadable", error.detail)]
    return lint(made, actions, name=folder.resolve().name)


def lint_value(value: Any) -> list[Finding]:
    """The findings of decoded JSON that contains its contracts."""
    try:
        made = documents.parse(value)
    except InvalidInput as error:
        return list(error.findings)
    return lint(made, made.actions if not isinstance(made.actions, str) else ())


def lint(made: ConnectorDocument, actions: Sequence[Mapping[str, Any]], *, name: str | None = None) -> list[Finding]:
    """The findings of a document and its contracts. ``name`` is the folder's."""
    return list(islice(_every(made, actions, name), MAX_FINDINGS))


def _every(made: ConnectorDocument, actions: Sequence[Mapping[str, Any]], name: str | None) -> Iterator[Finding]:
    if name is not None and made.name != name:
        yield Finding("/name", "name_of_folder", f"The folder is named {name!r}: name the connector so, or the folder.")
    yield from _access(made)
    spoken: dict[str, str] = {}
    for each, kind in made.kinds.items():
        here = pointer.join_pointer("kinds", each)
        yield from _kind(made, kind, here)
        for noun in kind.nouns:
            other = spoken.setdefault(noun.casefold(), each)
            if other != each:
                yield Finding(
                    f"{here}/nouns", "noun_twice", f"{noun!r} is a noun of {other!r} too: leave it to one of them."
                )
    yield from _webhooks(made)
    yield from _actions(made, actions)


def _access(made: ConnectorDocument) -> Iterator[Finding]:
    credential = made.connection.credential
    if credential.type in ("header", "query") and not credential.name:
        yield Finding(
            "/connection/credential/name", "missing", f"Say which {credential.type} carries the credential: 'name'."
        )
    if credential.type.startswith("oauth") and not credential.token_url:
        yield Finding("/connection/credential/token_url", "missing", "Say where tokens are asked for: 'token_url'.")
    for name, each in made.connection.settings.items():
        here = pointer.join_pointer("connection", "settings", name)
        if name in ("id", "base_url"):
            yield Finding(here, "reserved", f"{name!r} has a meaning of its own in paths: name the setting otherwise.")
        if why := patterns.explain_unusable(each.pattern):
            yield Finding(f"{here}/pattern", "bad_pattern", why)
    for name in made.connection.headers:
        if name.lower() in ("authorization", "cookie", "host", "content-length", "transfer-encoding", "connection"):
            yield Finding(
                pointer.join_pointer("connection", "headers", name), "reserved",
                "This header is set by OpsIQ. A secret belongs into the connection's credential.",
            )  # fmt: skip


# ── kinds ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _kind(made: ConnectorDocument, kind: KindDocument, here: str) -> Iterator[Finding]:
    fields = set(kind.fields)

    def known(field: str, where: str) -> Iterator[Finding]:
        if field not in fields:
            yield Finding(where, "unknown_field", f"There is no field {field!r}{_near(field, fields)}")

    yield from known(kind.id, f"{here}/id")
    if kind.id in fields and kind.fields[kind.id].type not in ("id", "string", "integer", "email"):
        yield Finding(f"{here}/id", "bad_id", f"{kind.id!r} is no id: give it the type 'id'.")
    for part in ("label", "detail"):
        try:
            for _, slot, _, _ in string.Formatter().parse(getattr(kind, part)):
                if slot is not None:
                    yield from known(slot, f"{here}/{part}")
        except ValueError as error:
            yield Finding(f"{here}/{part}", "bad_format", f"This is no format string: {error}.")
    for part in ("order", "size"):
        if (field := getattr(kind, part)) is not None:
            yield from known(field, f"{here}/{part}")
    for index, each in enumerate(kind.relations):
        if each.kind not in made.kinds:
            yield Finding(
                f"{here}/relations/{index}/kind",
                "unknown_kind",
                f"No kind {each.kind!r}{_near(each.kind, made.kinds)}",
            )
        yield from known(each.via, f"{here}/relations/{index}/via")
    for word, filters in kind.states.items():
        for field, values in filters.items():
            where = f"{here}{pointer.join_pointer('states', word, field)}"
            yield from known(field, where)
            allowed = _values(kind, field)
            for value in values:
                if allowed and value not in allowed:
                    yield Finding(where, "unknown_value", f"{value!r} is none of {', '.join(allowed)}.")
    for word, (field, _) in kind.times.items():
        yield from known(field, f"{here}{pointer.join_pointer('times', word)}")
    for locale, words in kind.words.items():
        for word, state in words.states.items():
            if state not in kind.states:
                where = f"{here}{pointer.join_pointer('words', locale, 'states', word)}"
                yield Finding(where, "unknown_state", f"There is no state {state!r}{_near(state, kind.states)}")
    for field, document in kind.fields.items():
        where = f"{here}{pointer.join_pointer('fields', field)}"
        if document.type == "money_minor":
            if document.currency_field is None and document.from_ == "decimal":
                detail = "Decimal money needs its currency to be told: name the 'currency_field'."
                yield Finding(f"{where}/currency_field", "missing", detail)
            elif document.currency_field is not None:
                yield from known(document.currency_field, f"{where}/currency_field")
        if document.of is not None:
            relation = next((each for each in kind.relations if each.via == document.of.via), None)
            parent = made.kinds.get(relation.kind) if relation is not None else None
            if parent is None:
                yield Finding(f"{where}/of/via", "unknown_relation", f"No relation goes by {document.of.via!r}.")
            elif document.of.field not in parent.fields:
                yield Finding(f"{where}/of/field", "unknown_field", f"There is no field {document.of.field!r} in it.")
            elif parent.fields[document.of.field].of is not None:
                yield Finding(f"{where}/of/field", "too_far", "That field is of another record itself: one step goes.")
        if document.pattern and (why := patterns.explain_unusable(document.pattern)):
            yield Finding(f"{where}/pattern", "bad_pattern", why)
        for place in (document.at,) if isinstance(document.at, str) else (document.join or ()):
            if place.startswith("$") and place[1:] not in {*made.connection.settings, *kind.scope}:
                yield Finding(where, "unknown_setting", f"{place} is neither a setting nor a path parameter here.")
            elif not place.startswith(("$", "/")):
                yield Finding(where, "bad_pointer", f"{place!r} is no JSON pointer: begin it with a slash.")
    yield from _reads(made, kind, here)
    if not any(each.search for each in kind.fields.values()):
        detail = "No field is searched: nobody can name such a record. Give its name or number a 'search'."
        yield Finding(f"{here}/fields", "warn_no_search", detail)


def _reads(made: ConnectorDocument, kind: KindDocument, here: str) -> Iterator[Finding]:
    slots = {*made.connection.settings, *kind.scope}
    for parameter, parent in kind.scope.items():
        where = f"{here}{pointer.join_pointer('scope', parameter)}"
        if parent not in made.kinds:
            yield Finding(where, "unknown_kind", f"There is no kind {parent!r}{_near(parent, made.kinds)}")
        elif made.kinds[parent].scope:
            yield Finding(where, "deep_scope", f"{parent!r} has a scope itself; one level can be filled.")
        if parameter not in list_slots(" ".join((kind.list.path, *kind.list.query.values()))):
            yield Finding(where, "unused", f"The list's path and query have no {{{parameter}}}.")
    for part in ("list", "search"):
        operation = getattr(kind, part)
        if operation is not None:
            yield from _operation(kind, operation, slots, f"{here}/{part}")
    if kind.get is not None:
        yield from _slots(kind.get.path, {*slots, "id"}, f"{here}/get/path")
        if "id" not in list_slots(kind.get.path):
            yield Finding(f"{here}/get/path", "missing", "The path has no {id}: every record would be the same.")
    elif kind.id not in kind.list.filters and kind.list.pagination.type != "none":
        detail = f"Without 'get' or a filter on {kind.id!r} one record is read by reading every page. Declare one."
        yield Finding(f"{here}/get", "warn_slow", detail)


def _operation(kind: KindDocument, operation: Operation, slots: set[str], here: str) -> Iterator[Finding]:
    yield from _slots(operation.path, slots, f"{here}/path")
    places: list[tuple[str, Place | None]] = [("text", operation.text)]
    named = {
        **{f"filters/{each}": each for each in operation.filters},
        **{f"bounds/{each}": each for each in operation.bounds},
    }
    if operation.order is not None:
        named |= {f"order/fields/{each}": each for each in operation.order.fields}
        places.append(("order/place", operation.order.place))
    for where, field in named.items():
        if field not in kind.fields:
            yield Finding(f"{here}/{where}", "unknown_field", f"There is no field {field!r}{_near(field, kind.fields)}")
    places += [(f"filters/{each}", place) for each, place in operation.filters.items()]
    for each, bounds in operation.bounds.items():
        places += [(f"bounds/{each}/at_least", bounds.at_least), (f"bounds/{each}/less_than", bounds.less_than)]
    places += [("pagination/place", operation.pagination.place), ("pagination/size", operation.pagination.size)]
    for where, place in places:
        if place is not None and place.body is not None and operation.method == "GET":
            yield Finding(f"{here}/{where}", "no_body", "A GET has no body: put the value into a 'query' parameter.")


def _slots(path: str, known: set[str], where: str) -> Iterator[Finding]:
    for slot in list_slots(path):
        if slot not in known:
            detail = f"{{{slot}}} is neither a setting of the connection nor a path parameter of the 'scope'."
            yield Finding(where, "unfilled", detail)
    if "{" in "".join(part for part in _without_slots(path)):
        yield Finding(where, "bad_path", "Braces stand around names of lower-case letters, digits and underscores.")
    if any(part in path for part in ("?", "#", "//", "/../", "\\")):
        yield Finding(where, "bad_path", "A path has neither a query nor a fragment nor empty segments: use 'query'.")


def _without_slots(path: str) -> str:
    for slot in list_slots(path):
        path = path.replace(f"{{{slot}}}", "")
    return path


def _values(kind: KindDocument, field: str) -> tuple[str, ...]:
    declared = kind.fields.get(field)
    if declared is None or not declared.values:
        return ()
    return tuple(declared.values.values() if isinstance(declared.values, Mapping) else declared.values)


# ── webhooks and actions ─────────────────────────────────────────────────────────────────────────────────────────────


def _webhooks(made: ConnectorDocument) -> Iterator[Finding]:
    for name, each in (made.webhooks.events if made.webhooks is not None else {}).items():
        here = pointer.join_pointer("webhooks", "events", name)
        if (meant := find_meant(each.event)) is not None:
            yield Finding(
                f"{here}/event", "warn_event_name", f"{each.event!r} is an event of your own. Did you mean {meant}?"
            )
        if is_own(each.event):
            yield Finding(f"{here}/event", "reserved", f"{each.event!r} is fired by OpsIQ alone: name another event.")
        given = {*each.fields, *each.data, *([f"{each.kind}_id"] if each.kind is not None else ())}
        if lacking := [name for name in list_needed(each.event) if name not in given]:
            detail = (
                f"{each.event} can't be fired without {', '.join(lacking)}: take them from the record ('fields') or "
                "from the message ('data')."
            )
            yield Finding(here, "event_data", detail)
        if each.kind is None:
            continue
        kind = made.kinds.get(each.kind)
        if kind is None:
            yield Finding(f"{here}/kind", "unknown_kind", f"No kind {each.kind!r}{_near(each.kind, made.kinds)}")
            continue
        if each.record is not None and len(each.record) != len(kind.scope) + 1:
            detail = f"The id of a {each.kind} has {len(kind.scope) + 1} parts: {', '.join([*kind.scope, kind.id])}."
            yield Finding(f"{here}/record", "parts", detail)
        for name_of, field in each.fields.items():
            if field not in kind.fields:
                where = f"{here}{pointer.join_pointer('fields', name_of)}"
                yield Finding(where, "unknown_field", f"There is no field {field!r}{_near(field, kind.fields)}")


def _actions(made: ConnectorDocument, actions: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    inside = "/actions" if not isinstance(made.actions, str) else f"/{made.actions}/actions"
    given = {name: each.example or each.default or "x" for name, each in made.connection.settings.items()}
    filled = with_base_url({"actions": [with_settings(each, given) for each in actions]}, EXAMPLE_URL)
    for finding in linter.lint(filled) if actions else ():
        yield Finding(f"{inside}{finding.pointer.removeprefix('/actions')}", finding.code, finding.detail)
    for index, value in enumerate(filled["actions"]):
        try:
            contract = parse_contract(value)
        except InvalidContract:
            continue
        here = f"{inside}/{index}"
        if contract.name.split(".", 1)[0] != made.name:
            yield Finding(f"{here}/name", "foreign_name", f"Begin it with the connector's name: {made.name}.….")
        yield from _rests(made, contract, here)
        for name, annotation in contract.annotations.items():
            if annotation.record is None:
                continue
            where = f"{here}{pointer.join_pointer('annotations', name)}"
            kind = made.kinds.get(annotation.record)
            if kind is None:
                detail = f"There is no kind {annotation.record!r}{_near(annotation.record, made.kinds)}"
                yield Finding(f"{where}/record", "unknown_kind", detail)
                continue
            named = [("field", annotation.field), ("order", annotation.order)]
            named += [(f"filter/{each}", each) for each in annotation.filter]
            for part, field in named:
                if field is not None and field not in kind.fields:
                    detail = f"{annotation.record} has no field {field!r}{_near(field, kind.fields)}"
                    yield Finding(f"{where}/{part}", "unknown_field", detail)


def _rests(made: ConnectorDocument, contract: Contract, here: str) -> Iterator[Finding]:
    """Finds lenient fields that a call depends on: if such a value is unreadable, a limit would not apply. A missing
    derived value is asked for or left out, so for those it is only advice: drafts from a document derive what a PUT
    keeps."""
    for name, annotation in contract.annotations.items():
        paid_in = contract.annotation(annotation.currency_from).derive if annotation.currency_from else None
        for part, derive, code in (
            ("at_most/field", annotation.at_most, "lenient"),
            ("replaces/field", annotation.replaces, "lenient"),
            ("derive/field", annotation.derive, "warn_lenient"),
            ("currency_from", paid_in, "warn_lenient"),
        ):
            kind = made.kinds.get(contract.annotation(derive.parameter).record or "") if derive is not None else None
            field = kind.fields.get(derive.field) if kind is not None and derive is not None else None
            if kind is None or derive is None or field is None:
                continue
            currency = kind.fields.get(field.currency_field or "")
            if field.lenient or (currency is not None and currency.lenient):
                loose = derive.field if field.lenient else field.currency_field
                detail = f"The field {loose!r} is lenient: a value that can't be read would count as none. Take 'lenient' off it."  # noqa: E501
                yield Finding(f"{here}{pointer.join_pointer('annotations', name)}/{part}", code, detail)


def _near(name: str, known: Any) -> str:
    found = find_nearest(name, known)
    return f"; did you mean {found!r}?" if found else "."


__all__ = ["FILE", "lint", "lint_folder", "lint_value"]
