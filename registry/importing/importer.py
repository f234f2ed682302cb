"""Document importer: turns a document of any known format into drafts of contracts and record kinds, and questions for
people. ``registry.importing.formats`` lists the formats."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any, Final

from registry.importing.decisions import Decisions, KindDecision
from registry.importing.document.alternatives import Settler
from registry.importing.document.description import ApiDescription, DocumentFormat, Operation
from registry.importing.document.digests import Digests
from registry.importing.document.references import Documents, is_url
from registry.importing.document.schema_view import SchemaReader
from registry.importing.drafts.body_roles import BodyRoles, find_body_roles
from registry.importing.drafts.connections import Connections
from registry.importing.drafts.credentials import describe_schemes
from registry.importing.drafts.drafting import Draft, Refusal, draft
from registry.importing.drafts.names import name_operations, write_title
from registry.importing.drafts.tenants import fill_settings, find_tenants, with_settings
from registry.importing.formats import FORMATS, read_description
from registry.importing.kinds.deciding import decide_kind
from registry.importing.kinds.drafting import KindDraft
from registry.importing.kinds.finding import find_kinds

MAX_KEY: Final = 300
"""Most characters of an operation's method and path."""
MAX_ADDRESS: Final = 1_000
"""Most characters of the address of a document that is read again. An address with a question mark may contain a
secret, and isn't stored."""
LEFT_OUT: Final = "It is left out by the decisions."
SPARE: Final = (
    '{other} changes the same and leaves what nobody spoke of as it is. Say "include": true in the decisions to have '
    "both."
)


@dataclass(frozen=True, slots=True)
class Import:
    """The result of a document. ``connections`` maps each connection's name to its base address. ``servers`` maps each
    other server, as the document writes it, to its connection's name."""

    description: ApiDescription
    digest: str
    drafts: tuple[Draft, ...]
    refusals: tuple[Refusal, ...]
    kinds: tuple[KindDraft, ...]
    connections: Mapping[str, str]
    servers: Mapping[str, str]
    decisions: Decisions
    decide: tuple[str, ...]
    tenants: Mapping[str, int] = field(default_factory=dict)
    """Placeholders that nothing fills: name → number of operations below it."""

    def report(self, file_of: Callable[[str], str] = lambda _: "") -> dict[str, Any]:
        """The report of ``opsiq import openapi --json``. ``file_of`` returns the file of a draft's contract."""
        return {
            "title": self.description.title,
            "version": self.description.version,
            "openapi": self.description.dialect,
            "document": self.digest,
            "operations": len(self.description.operations),
            "drafts": [_draft_entry(each, file_of(each.contract["name"])) for each in self.drafts],
            "refused": [{"operation": each.operation.key, "reason": each.reason} for each in self.refusals],
            "kinds": [each.name for each in self.kinds],
            "connections": dict(self.connections),
            "settings": list(self.decisions.connection.settings),
            "decide": list(self.decide),
        }


def import_document(
    documents: Documents, decisions: Decisions | None = None, formats: Sequence[DocumentFormat] = FORMATS
) -> Import:
    """The drafts of every operation of a document. Raises UnreadableDocument for an unknown format, and BadReference if
    its parts can't be put together."""
    decided = decisions or Decisions()
    named = read_description(documents, formats)
    description = with_settings(named, decided.connection.settings)
    settler = Settler(SchemaReader(documents))
    connections = Connections(description, decided)
    roles = find_body_roles(description, settler)
    kinds = _find_kinds(description, settler, roles, decided)
    kept = {key: each.name for key, each in decided.operations.items() if each.name is not None}
    names = name_operations(named.operations, prefix=decided.prefix, kept=kept)
    digests = Digests(documents)

    def draft_one(operation: Operation) -> Draft | Refusal:
        return draft(
            operation,
            settler,
            name=names[operation.key],
            title=write_title(operation, names[operation.key]),
            connection=connections.of(operation),
            upstream={"operation": operation.key, "schema_digest": digests.of(operation)},
            decision=decided.of(operation.key),
            kinds=kinds,
            roles=roles,
        )

    made, refused = _draft_operations(description, roles, decided, draft_one)
    kinds = tuple(replace(each, entry=fill_settings(each.entry, decided.connection.settings)) for each in kinds)
    left_out = {each.key for each in description.operations if not decided.of(each.key).include}
    tenants = find_tenants(description, kinds, left_out)
    _finish_contracts(made, documents, decided)
    return Import(
        description=description,
        digest=documents.digest,
        drafts=tuple(made),
        refusals=tuple(refused),
        kinds=kinds,
        connections=connections.used,
        servers=connections.servers,
        decisions=decided,
        decide=(
            *_list_idle_decisions(description, decided),
            *_questions(description, connections, made, decided),
            *_ask_tenants(tenants),
        ),
        tenants=tenants,
    )


def _find_kinds(
    description: ApiDescription, settler: Settler, roles: BodyRoles, decided: Decisions
) -> tuple[KindDraft, ...]:
    left_out = frozenset(
        put for put, patch in roles.spare.items() if decided.of(patch).include and not decided.of(put).wanted
    )
    found = find_kinds(description, settler, left_out)
    said = [(each, decided.kinds.get(each.name, KindDecision())) for each in found]
    return tuple(decide_kind(each, decision) for each, decision in said if decision.include)


def _draft_operations(
    description: ApiDescription,
    roles: BodyRoles,
    decided: Decisions,
    draft_one: Callable[[Operation], Draft | Refusal],
) -> tuple[list[Draft], list[Refusal]]:
    """Every operation's draft, or why there is none. A PUT is drafted if the equivalent PATCH could not be."""
    made: list[Draft] = []
    refused: list[Refusal] = []
    for operation in sorted(description.operations, key=lambda each: each.key in roles.spare):
        decision = decided.of(operation.key)
        other = roles.spare.get(operation.key)
        result: Draft | Refusal
        if other is not None and not decision.wanted and any(each.operation.key == other for each in made):
            result = Refusal(operation, SPARE.format(other=other))
        elif not decision.include:
            result = Refusal(operation, LEFT_OUT)
        elif len(operation.key) > MAX_KEY:
            result = Refusal(operation, f"Its path is longer than {MAX_KEY} characters.")
        else:
            result = draft_one(operation)
        if isinstance(result, Draft):
            made.append(result)
        else:
            refused.append(result)
    return made, refused


def _finish_contracts(drafts: Sequence[Draft], documents: Documents, decided: Decisions) -> None:
    """Fills in the connection's settings and the document, which is only known now."""
    address = documents.root.document
    kept = is_url(address) and not set("?#@") & set(address) and len(address) <= MAX_ADDRESS
    for each in drafts:
        each.contract["endpoint"] = fill_settings(each.contract["endpoint"], decided.connection.settings)
        each.contract["upstream"]["document"] = documents.digest
        if kept:
            each.contract["upstream"]["address"] = address


def _list_idle_decisions(description: ApiDescription, decided: Decisions) -> Iterator[str]:
    """Decisions about things that aren't in the document."""
    keys = {each.key for each in description.operations}
    for key in sorted(set(decided.operations) - keys):
        yield f"The decisions name {key!r}, which the document has not (any more)."
    for pattern in decided.leave_out:
        if not any(fnmatchcase(key, pattern) for key in keys):
            yield f"The decisions leave out {pattern!r}, which fits no operation."


def _questions(
    description: ApiDescription, connections: Connections, drafts: list[Draft], decided: Decisions
) -> list[str]:
    """Open decisions for a person, as sentences."""
    made = list(connections.questions())
    nobody = sum(not each.contract["roles"] for each in drafts)
    if nobody:
        made.append(f"Roles: nobody may run {nobody} of {len(drafts)} drafts. Name roles, for all or for each.")
    if not describe_schemes(description) and decided.connection.credential is None:
        made.append(
            "Credential: the document names no way to sign in. Write the connection's credential: "
            '{"type": "bearer"}, {"type": "bearer", "prefix": "Token"}, {"type": "header", "name": "X-API-Key"} or '
            '{"type": "none"}.'
        )
    if len(describe_schemes(description)) > 1 and decided.connection.credential is None:
        ways = "; ".join(describe_schemes(description)[:6])
        made.append(f"Credential: the document knows several ways to sign in: {ways}. Say which one is used.")
    return made


def _ask_tenants(tenants: Mapping[str, int]) -> Iterator[str]:
    for name, count in tenants.items():
        yield (
            f"Setting: no list says what {{{name}}} may be, and {count} operations lie below it. Is it the same for a "
            f'whole connection? Then write {name} into the connection\'s "settings".'
        )


def _draft_entry(each: Draft, file: str) -> dict[str, Any]:
    return {
        "name": each.contract["name"],
        "operation": each.operation.key,
        "operation_id": each.operation.id,
        "title": each.contract["title"],
        "risk": each.contract["risk"],
        "connection": each.contract["endpoint"]["connection"],
        **({"file": file} if file else {}),
        "parameters": [
            {
                "name": slot.name,
                "in": slot.place,
                "at": slot.key,
                "required": slot.required,
                **({"whole": True, "holds": list(slot.inside)} if slot.whole else {}),
                **({"supplied_by": each.supplied[slot.key]} if slot.key in each.supplied else {}),
            }
            for slot in each.slots
        ],
        "notes": list(each.notes),
    }
