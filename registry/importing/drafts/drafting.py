"""Draft builder: one operation of a document becomes an unsigned contract, or a refusal with its reason.

A draft trusts nothing: nobody may run it, every write is confirmed, a DELETE can't be undone. Each is held to the
linter, and takes less apart as long as it is too large to be signed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from registry.contract import SCHEMA_V2
from registry.importing.decided_values import decide_values
from registry.importing.decisions import OperationDecision
from registry.importing.document.alternatives import Settler
from registry.importing.document.description import BodyContent, Operation, is_form, is_json, is_multipart
from registry.importing.drafts import words
from registry.importing.drafts.addresses import bind_in_path, list_literals, write_path
from registry.importing.drafts.body_roles import NO_ROLES, BodyRoles
from registry.importing.drafts.credentials import is_credential
from registry.importing.drafts.error_pointers import find_error_pointers
from registry.importing.drafts.languages import guess_language, write_in_language
from registry.importing.drafts.parameter_schemas import let_stay_empty, take_number, write_parameter
from registry.importing.drafts.sentences import write_sentences
from registry.importing.drafts.slot_schema import CannotDraft, Room, Slot
from registry.importing.drafts.slots import is_minor_units, read_slots
from registry.importing.kinds.aliases import makes_record, write_aliases
from registry.importing.kinds.bindings import derive_from_records, guess_records, list_lost
from registry.importing.kinds.finding import KindDraft
from registry.linting.linter import is_advice, lint

ROOMS: Final = (Room(80, 120), Room(40, 60), Room(20, 20), Room(1, 8), Room(1, 1))
"""How much a draft holds, from the most to the least."""
MAX_DESCRIPTION: Final = 600
UNKNOWN_DOCUMENT: Final = "sha256:" + 64 * "0"
"""Stands for the document's digest until everything that it refers to has been read."""
_RISKS: Final = {"GET": "read", "DELETE": "irreversible"}
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_IDEMPOTENCY: Final = frozenset(
    {"idempotency-key", "x-idempotency-key", "idempotency-token", "x-request-id-idempotent"}
)
_CHANGES: Final = re.compile(
    r"(?:add|archive|cancel|clear|close|create|delete|destroy|disable|enable|grant|invite|kick|leave|logout|merge|pay|"
    r"pause|post|publish|purge|refund|remove|rename|reset|restart|revoke|send|set|start|stop|submit|suspend|trigger|"
    r"unsubscribe|update|upload)s?\b", re.I
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """An unsigned contract with where each of its parameters stands in the request, and what a person should know."""

    operation: Operation
    contract: dict[str, Any]
    slots: tuple[Slot, ...]
    notes: tuple[str, ...]
    supplied: Mapping[str, str] = field(default_factory=dict)
    """What isn't asked for, since something else fills it in: wire name → what does."""
    repeats: bool = False
    """Its body is the record that it is about."""
    languages: Mapping[str, str] = field(default_factory=dict)
    """Texts that the platform holds in several languages: parameter → the one that they are probably written in."""


@dataclass(frozen=True, slots=True)
class Refusal:
    operation: Operation
    reason: str


def draft(
    operation: Operation,
    settler: Settler,
    *,
    name: str,
    title: str,
    connection: str,
    upstream: Mapping[str, str],
    decision: OperationDecision,
    kinds: Sequence[KindDraft] = (),
    roles: BodyRoles = NO_ROLES,
) -> Draft | Refusal:
    """The draft of an operation as far as a document and a person's decisions go."""
    if operation.trouble:
        return Refusal(operation, operation.trouble)
    if operation.method not in _METHODS:
        return Refusal(operation, f"{operation.method} is no method that contracts call.")
    try:
        content = choose_content(operation)
        reason = ""
        for room in ROOMS:
            slots = read_slots(operation, content, settler, room)
            made = _draft(operation, content, slots, settler, name, title, connection, upstream, decision, kinds, roles)
            faults = [each for each in lint([made.contract]) if not is_advice(each)]
            if not faults:
                return made
            reason = f"{faults[0].detail} ({faults[0].pointer.removeprefix('/0')})"
            if not any(each.code in _SHRINKS for each in faults):
                break
    except CannotDraft as error:
        return Refusal(operation, str(error))
    return Refusal(operation, f"Its draft would not pass the linter: {reason}")


_SHRINKS: Final = frozenset({"too_large", "parameters_schema", "too_long"})


def _draft(
    operation: Operation,
    content: BodyContent | None,
    slots: Sequence[Slot],
    settler: Settler,
    name: str,
    title: str,
    connection: str,
    upstream: Mapping[str, str],
    decision: OperationDecision,
    kinds: Sequence[KindDraft],
    roles: BodyRoles,
) -> Draft:
    notes: list[str] = []
    supplied: dict[str, str] = {}
    makes = makes_record(operation, kinds)
    nulls = {slot.name for slot in slots if makes and slot.required and slot.place == "body" and slot.view.nullable}
    slots = [replace(slot, required=False) if slot.name in nulls else slot for slot in slots]
    languages = {slot.name: each for slot in slots if (each := guess_language(slot, settler)) is not None}
    slots = [write_in_language(slot, decision.parameters.get(slot.name), settler) for slot in slots]
    asked: list[Slot] = []
    fixed: dict[str, Any] = {}
    idempotency = next((s for s in slots if s.place == "header" and s.key.lower() in _IDEMPOTENCY), None)
    for slot in slots:
        choice = decision.parameters.get(slot.name)
        if slot.file:
            what = "cookie" if slot.place == "cookie" else "file"
            supplied[slot.key] = f"nothing: it is a {what} that need not be sent"
        elif slot is idempotency:
            supplied[slot.key] = "the call's idempotency key"
        elif choice is not None and choice.supplied:
            supplied[slot.key] = "the connection's credential"
        elif choice is not None and choice.omit:
            if slot.required:
                raise CannotDraft(f"The decisions omit {slot.name}, which every call of it needs.")
            supplied[slot.key] = "nothing: the decisions omit it"
        elif not slot.required and decision.omits(slot.name):
            supplied[slot.key] = "nothing: the decisions omit it"
        elif choice is not None and choice.fixed is not None:
            fixed[slot.name] = choice.fixed.value
            asked.append(slot)
        else:
            asked.append(slot)
    method = operation.method
    path, placeholders = write_path(operation, asked, notes)
    endpoint: dict[str, Any] = {"type": "http", "connection": connection, "method": method, "url": path}
    bound = {slot.name: {"value": fixed[slot.name]} if slot.name in fixed else _binding(slot) for slot in asked}
    for each in nulls & set(bound) - set(fixed):  # it has to be there, and may be null
        bound[each]["when_absent"] = "null"
    for place, member in (("path", "path"), ("query", "query"), ("header", "headers")):
        values = {slot.key: bound[slot.name] for slot in asked if slot.place == place}
        if place == "path":
            values = {
                key: bind_in_path(bound[slot.name], slot, placeholders) for key, slot in _by_key(asked, "path").items()
            }
        elif place == "query":
            values = {**list_literals(operation.path), **values}
        if values:
            endpoint[member] = values
    if content is not None:
        body = _body(content, [slot for slot in asked if slot.place == "body"], bound)
        if body is not None:
            endpoint["body"] = body
    elif method in ("POST", "PUT", "PATCH") and any(at == "415" for at, _ in operation.responses.members()):
        endpoint["body"] = {"type": "json", "fields": {}}  # it looks at the type even of what is not there
    if method == "GET" and "body" in endpoint:
        raise CannotDraft("It is a GET with a body, which many servers and proxies drop; contracts send none.")
    if idempotency is not None:
        endpoint["idempotency_header"] = idempotency.key
    if errors := find_error_pointers(operation, settler):
        endpoint["error"] = errors
    left = [slot for slot in asked if slot.name not in fixed]
    properties = {slot.name: write_parameter(slot, method) for slot in left}
    for slot in left:
        choice = decision.parameters.get(slot.name)
        if choice is not None and choice.record is not None and properties[slot.name].get("type") == "string":
            take_number(properties[slot.name])
    if makes:
        for slot in left:
            let_stay_empty(slot, properties[slot.name])
    changing = [slot.name for slot in left if method == "GET" and _switches(slot)]
    risk = decision.risk.value if decision.risk else "write" if changing else _RISKS.get(method, "write")
    if changing:
        notes.append(f"It is a GET, but {', '.join(changing)} would change something: it counts as a write.")
    policy = decision.confirmation.value if decision.confirmation else "never" if risk == "read" else "always"
    contract: dict[str, Any] = {
        "schema": SCHEMA_V2,
        "name": name,
        "version": decision.version or 1,
        "title": decision.title or title,
        "description": decision.description or _description(operation, title),
        "surfaces": list(decision.surfaces if decision.surfaces is not None else ("admin",)),
        "roles": list(decision.roles or ()),
        "risk": risk,
        "confirmation": {"policy": policy},
        "idempotent": method == "GET" or idempotency is not None,
        "parameters": {
            "type": "object",
            "additionalProperties": False,
            "required": [
                slot.name
                for slot in left
                if slot.required and not (slot.place == "body" and operation.key in roles.partial)
            ],
            "properties": properties,
        },
        "endpoint": endpoint,
        "upstream": {"document": UNKNOWN_DOCUMENT, **upstream},
    }
    if annotations := _annotations(operation, left, decision, kinds, roles):
        contract["annotations"] = annotations
    records = {name: str(each.record) for name, each in decision.parameters.items() if each.record is not None}
    kept = {name for name, each in annotations.items() if "derive" in each}
    for slot in list_lost(operation, left, records, {each.name: each for each in kinds}, kept):
        if slot.name not in contract["parameters"]["required"]:
            contract["parameters"]["required"].append(slot.name)
        notes.append(
            f"It writes the record anew, and {slot.name} can't be kept as it is: it is asked for in every call."
        )
    if fault := decide_values(contract, decision.parameters):
        raise CannotDraft(fault)
    asked_for = [each for each in contract["parameters"]["required"] if "derive" not in annotations.get(each, {})]
    sentences = write_sentences(contract["title"], asked_for, properties, reads=risk == "read")
    if decision.examples or sentences.example:
        contract["examples"] = list(decision.examples or (sentences.example,))
    if aliases := write_aliases(operation, contract["title"], properties, kinds):
        contract["aliases"] = aliases
    named = any(each.record is not None for each in decision.parameters.values())
    if sentences.preview and not named:  # a card tells a record by its label, which says more than its id
        contract["preview"] = sentences.preview
    notes += _notes(operation, left, risk)
    notes += [
        f"The platform takes several at {each} in one call as well; the draft sends one."
        for each in dict.fromkeys(slot.several for slot in left if slot.several)
    ]
    repeats = operation.key in roles.repeats
    return Draft(operation, contract, tuple(slots), tuple(notes), supplied, repeats, languages)


def choose_content(operation: Operation) -> BodyContent | None:
    """The media type that is sent: JSON before forms before text."""
    if not operation.contents:
        return None
    if operation.method in ("GET",):
        raise CannotDraft("It is a GET with a body, which many servers and proxies drop; contracts send none.")
    ranked = (
        lambda each: is_json(each.media_type) and "patch" not in each.media_type,
        lambda each: is_json(each.media_type),
        lambda each: is_form(each.media_type) and not is_multipart(each.media_type),
        lambda each: is_multipart(each.media_type),
        lambda each: each.media_type.startswith("text/"),
    )
    for fits in ranked:
        found = next((each for each in operation.contents if fits(each)), None)
        if found is not None:
            return found
    return operation.contents[0]


# ── request ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _by_key(slots: Sequence[Slot], place: str) -> dict[str, Slot]:
    return {slot.key: slot for slot in slots if slot.place == place}


def _binding(slot: Slot) -> dict[str, Any]:
    return {"parameter": slot.name, **({"format": slot.form} if slot.form else {})}


def _body(content: BodyContent, slots: Sequence[Slot], bound: Mapping[str, Any]) -> dict[str, Any] | None:
    media_type = content.media_type.partition(";")[0].strip().lower()
    fields = {slot.key: bound[slot.name] for slot in slots}
    if is_multipart(media_type):
        return {"type": "multipart", "fields": fields} if fields else None
    if is_form(media_type):
        return {"type": "form", "fields": fields} if fields else None
    if not is_json(media_type):
        return {"type": "raw", "content_type": media_type, "value": bound[slots[0].name]}
    if media_type == "application/json" or "*" in media_type:
        return {"type": "json", "fields": fields}
    return {"type": "json", "content_type": media_type, "fields": fields}


def _annotations(
    operation: Operation,
    slots: Sequence[Slot],
    decision: OperationDecision,
    kinds: Sequence[KindDraft],
    roles: BodyRoles,
) -> dict[str, Any]:
    by_name = {each.name: each for each in kinds}
    records = {name: str(each.record) for name, each in decision.parameters.items() if each.record is not None}
    made: dict[str, Any] = derive_from_records(
        operation, slots, records, by_name, repeats=operation.key in roles.repeats
    )
    guessed = guess_records(operation, slots, kinds, repeats=operation.key in roles.repeats) if records else {}
    by_path = {(slot.place, slot.words): slot for slot in slots}
    for slot in slots:
        found: dict[str, Any] = {}
        choice = decision.parameters.get(slot.name)
        if is_minor_units(slot):
            found["unit"] = "money_minor"
            beside = next(
                (by_path[key] for key in ((slot.place, (*slot.words[:-1], w)) for w in _CURRENCIES) if key in by_path),
                None,
            )
            if beside is not None:
                found["currency_from"] = beside.name
        if choice is not None and choice.record in by_name:
            kind, field = guessed.get(slot.name, ("", None))
            found["label"] = by_name[choice.record].entry["title"]
            if choice.record == kind and field is not None:
                found["field"] = field
            if slot.place != "path" and (within := _owner(by_name[choice.record], records)) is not None:
                found["of"] = within
        if choice is not None:
            found.update(choice.annotation())
        if found:
            made[slot.name] = {**made.get(slot.name, {}), **found}
    return made


def _owner(kind: KindDraft, records: Mapping[str, str]) -> str | None:
    """The parameter that names what the records of a kind lie in."""
    owner = next(iter(kind.entry.get("scope", {}).values()), None)
    return next((name for name, record in records.items() if owner is not None and record == owner), None)


_CURRENCIES: Final = ("currency", "currencyCode", "currency_code", "Currency", "CurrencyCode")


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _description(operation: Operation, title: str) -> str:
    text = words.to_plain_text(operation.description) or words.to_plain_text(operation.summary) or title
    if operation.deprecated:
        text = f"Deprecated by its maker. {text}"
    made = words.cut_text(text, MAX_DESCRIPTION)
    return re.sub(r"\b([Bb]earer)\s+[A-Za-z0-9._~+/-]{16,}", r"\1 …", made)


def _notes(operation: Operation, slots: Sequence[Slot], risk: str) -> list[str]:
    made: list[str] = []
    if operation.deprecated:
        made.append("The document calls it deprecated.")
    if risk == "read" and (_CHANGES.match(operation.summary.strip()) or _CHANGES.match(_verb(operation))):
        made.append("It is a GET, but its words say that it changes something: check its risk and confirmation.")
    for slot in slots:
        if slot.whole:
            holds = f" with {', '.join(slot.inside[:60])}" if slot.inside else ""
            made.append(f"{slot.name} ({slot.place} {slot.key or 'as a whole'}) is kept whole, as JSON{holds}.")
        if is_credential(operation, slot.place, slot.key.strip("/"), slot.description):
            made.append(
                f"{slot.name} ({slot.place} {slot.key}) looks like the credential, which the connection supplies: "
                'say "supplied": true in the decisions to leave it out.'
            )
    return made


def _switches(slot: Slot) -> bool:
    """Whether a parameter of one or two words is told of as an order: "Set pause state"."""
    members = slot.schema.get("enum", ())
    told = slot.description.strip()
    return 0 < len(members) <= 2 and bool(_CHANGES.match(told)) and not re.match(r"set\s+(?:this\s+)?to\b", told, re.I)


def _verb(operation: Operation) -> str:
    return (words.split_words(operation.id) or words.split_words(operation.path) or ("",))[-1]
