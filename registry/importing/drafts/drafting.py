"""Draft builder: turns one operation of a document into an unsigned contract, or a refusal with its reason.

A draft trusts nothing: nobody may run it, every write is confirmed, and a DELETE can't be undone. Each must pass the
linter. A draft that is too large to sign takes fewer objects apart.
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
from registry.importing.document.description import BodyContent, Operation
from registry.importing.drafts import words
from registry.importing.drafts.annotations import write_annotations
from registry.importing.drafts.body_roles import NO_ROLES, BodyRoles
from registry.importing.drafts.credentials import is_credential
from registry.importing.drafts.endpoints import choose_content, write_endpoint
from registry.importing.drafts.languages import guess_language, write_in_language
from registry.importing.drafts.parameter_schemas import let_stay_empty, take_number, write_parameter
from registry.importing.drafts.sentences import write_sentences
from registry.importing.drafts.slot_schema import CannotDraft, Room, Slot
from registry.importing.drafts.slots import read_slots
from registry.importing.drafts.transport_headers import LEFT_OUT, Undecided, explain_needed, find_constant, is_transport
from registry.importing.kinds.aliases import makes_record, write_aliases
from registry.importing.kinds.bindings import derive_tags, list_lost
from registry.importing.kinds.drafting import KindDraft
from registry.linting.linter import is_advice, lint

ROOMS: Final = (Room(80, 120), Room(40, 60), Room(20, 20), Room(1, 8), Room(1, 1))
"""Sizes of a draft, from the largest to the smallest."""
MAX_DESCRIPTION: Final = 600
UNKNOWN_DOCUMENT: Final = "sha256:" + 64 * "0"
"""Placeholder for the document's digest until everything that it refers to has been read."""
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

_FINAL: Final = re.compile(
    r"(?<!not )\birreversibl[ey]\b|\b(?:cannot|can not|can't|can’t|can never) be (?:undone|reversed|reverted|restored"
    r"|recovered)\b|\bpermanently (?:deletes?|removes?|erases?)\b", re.I
)  # fmt: skip
"""What a document says of an act that can't be undone."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An unsigned contract with the place of each parameter in the request, and notes for a person."""

    operation: Operation
    contract: dict[str, Any]
    slots: tuple[Slot, ...]
    notes: tuple[str, ...]
    supplied: Mapping[str, str] = field(default_factory=dict)
    """Values that aren't asked for, because something else supplies them: wire name → what does."""
    repeats: bool = False
    """Whether the body is the record that the operation is about."""
    languages: Mapping[str, str] = field(default_factory=dict)
    """Texts that the platform has in several languages: parameter → the language in which it is probably written."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an operation has no draft. ``slots`` are the places of its request, if a decision about them is missing."""

    operation: Operation
    reason: str
    slots: tuple[Slot, ...] = ()


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
    """The draft of an operation, as far as a document and a person's decisions allow."""
    if operation.trouble:
        return Refusal(operation, operation.trouble)
    if operation.method not in _METHODS:
        return Refusal(operation, f"{operation.method} is no method that contracts call.")
    try:
        content = choose_content(operation)
        drafting = _Drafting(operation, content, settler, name, title, connection, upstream, decision, kinds, roles)
        reason = ""
        for room in ROOMS:
            made = drafting.draft(read_slots(operation, content, settler, room))
            faults = [each for each in lint([made.contract]) if not is_advice(each)]
            if not faults:
                return made
            reason = f"{faults[0].detail} ({faults[0].pointer.removeprefix('/0')})"
            if not any(each.code in _SHRINKS for each in faults):
                break
    except Undecided as error:
        return Refusal(operation, str(error), tuple(read_slots(operation, content, settler, ROOMS[0])))
    except CannotDraft as error:
        return Refusal(operation, str(error))
    return Refusal(operation, f"Its draft would not pass the linter: {reason}")


_SHRINKS: Final = frozenset({"too_large", "parameters_schema", "too_long"})


@dataclass(frozen=True, slots=True)
class _Sorted:
    """The places of a request by what fills them. ``nulls`` are required members of the body that may be null."""

    sent: list[Slot]
    fixed: dict[str, Any]
    supplied: dict[str, str]
    nulls: frozenset[str]
    idempotency: Slot | None

    @property
    def asked(self) -> list[Slot]:
        return [slot for slot in self.sent if slot.name not in self.fixed]


@dataclass(frozen=True, slots=True)
class _Drafting:
    """One operation, with everything that its draft depends on except the available room."""

    operation: Operation
    content: BodyContent | None
    settler: Settler
    name: str
    title: str
    connection: str
    upstream: Mapping[str, str]
    decision: OperationDecision
    kinds: Sequence[KindDraft]
    roles: BodyRoles

    @property
    def _chosen_records(self) -> Mapping[str, str]:
        """Parameter → the kind of record that it names, as decided."""
        return {name: str(each.record) for name, each in self.decision.parameters.items() if each.record is not None}

    def draft(self, read: Sequence[Slot]) -> Draft:
        """The draft with these places. Raises CannotDraft."""
        operation, decision, notes = self.operation, self.decision, list[str]()
        makes = makes_record(operation, self.kinds)
        nulls = {each.name for each in read if makes and each.required and each.place == "body" and each.view.nullable}
        slots = [replace(each, required=False) if each.name in nulls else each for each in read]
        languages = {each.name: said for each in slots if (said := guess_language(each, self.settler)) is not None}
        slots = [write_in_language(each, decision.parameters.get(each.name), self.settler) for each in slots]
        places = self._sort(slots, frozenset(nulls))
        endpoint = write_endpoint(
            operation,
            self.content,
            places.sent,
            places.fixed,
            places.nulls,
            places.idempotency,
            self.connection,
            self.settler,
            notes,
        )
        asked = places.asked
        properties = {slot.name: self._write_property(slot, makes) for slot in asked}
        risk = self._judge_risk(asked, notes)
        contract = self._write_contract(asked, properties, endpoint, risk, repeatable=places.idempotency is not None)
        annotations = write_annotations(operation, asked, decision, self.kinds, self.roles)
        if annotations:
            contract["annotations"] = annotations
        self._require_lost(contract, asked, annotations, notes)
        if fault := decide_values(contract, decision.parameters):
            raise CannotDraft(fault)
        self._write_sentences(contract, annotations, risk)
        notes += _notes(operation, asked, risk)
        notes += [
            f"The platform takes several at {each} in one call as well; the draft sends one."
            for each in dict.fromkeys(slot.several for slot in asked if slot.several)
        ]
        repeats = operation.key in self.roles.repeats
        return Draft(operation, contract, tuple(slots), tuple(notes), places.supplied, repeats, languages)

    def _sort(self, slots: Sequence[Slot], nulls: frozenset[str]) -> _Sorted:
        idempotency = next((s for s in slots if s.place == "header" and s.key.lower() in _IDEMPOTENCY), None)
        places, tags = _Sorted([], {}, {}, nulls, idempotency), self._derive_tags(slots)
        for slot in slots:
            supplied = "the call's idempotency key" if slot is idempotency else self._explain_supplied(slot)
            if supplied is not None:
                places.supplied[slot.key] = supplied
                continue
            choice = self.decision.parameters.get(slot.name)
            if choice is not None and choice.fixed is not None:
                places.fixed[slot.name] = choice.fixed.value
            elif choice is None and is_transport(slot) and slot.name not in tags:
                places.fixed[slot.name] = self._require_constant(slot)
            places.sent.append(slot)
        return places

    def _derive_tags(self, slots: Sequence[Slot]) -> Mapping[str, Any]:
        return derive_tags(self.operation, slots, self._chosen_records, {each.name: each for each in self.kinds})

    def _require_constant(self, slot: Slot) -> Any:
        """The value of a transport header in every call. Raises Undecided."""
        value = find_constant(slot)
        if value is None:
            raise Undecided(explain_needed(slot))
        return value

    def _explain_supplied(self, slot: Slot) -> str | None:
        """What fills a place that isn't asked for. None if it is asked for. Raises CannotDraft if the decisions omit
        what every call needs."""
        choice = self.decision.parameters.get(slot.name)
        if slot.file:
            return f"nothing: it is a {'cookie' if slot.place == 'cookie' else 'file'} that need not be sent"
        if choice is not None and choice.supplied:
            return "the connection's credential"
        if choice is not None and choice.omit and slot.required:
            raise CannotDraft(f"The decisions omit {slot.name}, which every call of it needs.")
        if choice is None and not slot.required and is_transport(slot):
            return LEFT_OUT
        omitted = choice is not None and choice.omit
        if omitted or (not slot.required and self.decision.omits(slot.name)):
            return "nothing: the decisions omit it"
        return None

    def _write_property(self, slot: Slot, makes: bool) -> dict[str, Any]:
        """The schema of a parameter. ``makes``: the call makes a record, whose texts may stay empty."""
        schema = write_parameter(slot, self.operation.method)
        choice = self.decision.parameters.get(slot.name)
        if choice is not None and choice.record is not None and schema.get("type") == "string":
            take_number(schema)
        if makes:
            let_stay_empty(slot, schema)
        return schema

    def _judge_risk(self, asked: Sequence[Slot], notes: list[str]) -> str:
        changing = [slot.name for slot in asked if self.operation.method == "GET" and _switches(slot)]
        if changing:
            notes.append(f"It is a GET, but {', '.join(changing)} would change something: it counts as a write.")
        if self.decision.risk:
            return self.decision.risk.value
        if self.operation.method != "GET" and _FINAL.search(f"{self.operation.summary}\n{self.operation.description}"):
            notes.append("The document says that it can't be undone.")
            return "irreversible"
        return "write" if changing else _RISKS.get(self.operation.method, "write")

    def _write_contract(
        self,
        asked: Sequence[Slot],
        properties: Mapping[str, Any],
        endpoint: Mapping[str, Any],
        risk: str,
        *,
        repeatable: bool,
    ) -> dict[str, Any]:
        """The contract without its annotations and sentences. ``repeatable``: the request carries an idempotency
        key."""
        operation, decision = self.operation, self.decision
        policy = decision.confirmation.value if decision.confirmation else "never" if risk == "read" else "always"
        partial = operation.key in self.roles.partial
        required = [slot.name for slot in asked if slot.required and not (slot.place == "body" and partial)]
        return {
            "schema": SCHEMA_V2,
            "name": self.name,
            "version": decision.version or 1,
            "title": decision.title or self.title,
            "description": decision.description or _description(operation, self.title),
            "surfaces": list(decision.surfaces if decision.surfaces is not None else ("admin",)),
            "roles": list(decision.roles or ()),
            "risk": risk,
            "confirmation": {"policy": policy},
            "idempotent": operation.method == "GET" or repeatable,
            "parameters": {
                "type": "object",
                "additionalProperties": False,
                "required": required,
                "properties": properties,
            },
            "endpoint": endpoint,
            "upstream": {"document": UNKNOWN_DOCUMENT, **self.upstream},
        }

    def _require_lost(
        self, contract: Mapping[str, Any], asked: Sequence[Slot], annotations: Mapping[str, Any], notes: list[str]
    ) -> None:
        """Requires what a replacing call would otherwise lose."""
        records = self._chosen_records
        kept = {name for name, each in annotations.items() if "derive" in each}
        required = contract["parameters"]["required"]
        for slot in list_lost(self.operation, asked, records, {each.name: each for each in self.kinds}, kept):
            if slot.name not in required:
                required.append(slot.name)
            notes.append(
                f"It writes the whole record, and {slot.name} can't be kept as it is: it is asked for in every call."
            )

    def _write_sentences(self, contract: dict[str, Any], annotations: Mapping[str, Any], risk: str) -> None:
        """Adds the examples, aliases and preview."""
        properties, title = contract["parameters"]["properties"], contract["title"]
        required = contract["parameters"]["required"]
        asked_for = [each for each in required if "derive" not in annotations.get(each, {})]
        sentences = write_sentences(title, asked_for, properties, reads=risk == "read")
        if self.decision.examples or sentences.example:
            contract["examples"] = list(self.decision.examples or (sentences.example,))
        if aliases := write_aliases(self.operation, title, properties, self.kinds):
            contract["aliases"] = aliases
        named = any(each.record is not None for each in self.decision.parameters.values())
        if sentences.preview and not named:  # a card identifies a record by its label, which says more than its id
            contract["preview"] = sentences.preview


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
    """Whether a parameter of one or two words is worded as an order: "Set pause state"."""
    members = slot.schema.get("enum", ())
    told = slot.description.strip()
    return 0 < len(members) <= 2 and bool(_CHANGES.match(told)) and not re.match(r"set\s+(?:this\s+)?to\b", told, re.I)


def _verb(operation: Operation) -> str:
    return (words.split_words(operation.id) or words.split_words(operation.path) or ("",))[-1]
