"""Proposed decisions file: each operation with its name and risk, the importer's guesses, and its questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from registry.importing.decisions import SCHEMA, Decisions, KindDecision, OperationDecision
from registry.importing.drafts.credentials import find_credential
from registry.importing.drafts.drafting import Draft, Refusal
from registry.importing.drafts.money import list_unsaid_money
from registry.importing.importer import Import
from registry.importing.kinds.bindings import guess_records
from registry.importing.kinds.drafting import KindDraft


def propose_decisions(made: Import) -> dict[str, Any]:
    """The decisions with the document's values filled in. Given decisions are kept. Importing with the result changes
    nothing."""
    decided = made.decisions
    name = next(iter(made.connections))
    credential = decided.connection.credential or find_credential(made.description)
    return {
        "schema": SCHEMA,
        "document": {"title": made.description.title, "version": made.description.version, "sha256": made.digest},
        "decide": list(made.decide),
        "prefix": decided.prefix,
        "roles": list(decided.roles),
        **({"leave_out": list(decided.leave_out)} if decided.leave_out else {}),
        **({"omit": list(decided.omit)} if decided.omit else {}),
        "connection": {
            "name": name,
            "base_address": made.connections[name],
            "credential": credential,
            **_settings(made),
        },
        "connections": {
            server: {"name": each, "base_address": made.connections[each]} for server, each in made.servers.items()
        },
        "kinds": {each.name: _kind(each, decided) for each in made.kinds} | _left_out(made),
        "operations": {
            **{each.operation.key: _operation(each, made.kinds, decided) for each in made.drafts},
            **{
                each.operation.key: _refused(each, given or OperationDecision(), made.kinds)
                for each in made.refusals
                if (given := decided.operations.get(each.operation.key)) is not None or each.slots
            },
            **{
                key: each.model_dump(mode="json", exclude_defaults=True)
                for key, each in decided.operations.items()
                if not each.include
            },
        },
    }


def _settings(made: Import) -> dict[str, list[str]]:
    """Suggests a setting for a placeholder that at least half of all operations lie below."""
    half = len(made.description.operations) / 2
    likely = [name for name, count in made.tenants.items() if count >= half]
    given = list(made.decisions.connection.settings)
    return {"settings": given} | ({"suggested_settings": likely} if likely else {})


def _left_out(made: Import) -> dict[str, Any]:
    return {name: {"include": False} for name, each in made.decisions.kinds.items() if not each.include}


def _kind(each: KindDraft, decided: Decisions) -> dict[str, Any]:
    given = decided.kinds.get(each.name, KindDecision())
    said = given.model_dump(mode="json", exclude_defaults=True, exclude={"decide"})
    return {"include": True, **said, "decide": list(each.decide)}


def _operation(each: Draft, kinds: tuple[KindDraft, ...], decided: Decisions) -> dict[str, Any]:
    contract = each.contract
    given = decided.operations.get(each.operation.key, OperationDecision())
    parameters = _with_guesses(given, guess_records(each.operation, each.slots, kinds, repeats=each.repeats))
    for written, language in each.languages.items():
        parameters.setdefault(written, {}).setdefault("suggested_language", language)
    asked = list(_asked(each, parameters))
    return {
        **({"include": True} if given.wanted else {}),
        **given.model_dump(mode="json", exclude_defaults=True, exclude={"parameters", "decide"}),
        "name": contract["name"],
        "risk": contract["risk"],
        "confirmation": contract["confirmation"]["policy"],
        **({"parameters": parameters} if parameters else {}),
        **({"decide": asked} if asked else {}),
    }


def _refused(refusal: Refusal, given: OperationDecision, kinds: tuple[KindDraft, ...]) -> dict[str, Any]:
    """A decision is kept, because it may be the reason for the refusal: without it the next import would draft an
    unwanted contract. If one is missing, the records that its parameters may name are suggested."""
    parameters = _with_guesses(given, guess_records(refusal.operation, refusal.slots, kinds) if refusal.slots else {})
    return {
        **({"include": True} if given.wanted else {}),
        **given.model_dump(mode="json", exclude_defaults=True, exclude={"parameters", "decide"}),
        **({"parameters": parameters} if parameters else {}),
        "decide": [f"It is refused: {refusal.reason}"],
    }


def _with_guesses(given: OperationDecision, guesses: Mapping[str, tuple[str, str | None]]) -> dict[str, Any]:
    """The decisions about parameters, with the kinds that they may name."""
    made = {name: found.model_dump(mode="json", exclude_defaults=True) for name, found in given.parameters.items()}
    for name, (guess, _) in guesses.items():
        made.setdefault(name, {}).setdefault("suggested", guess)
    return made


def _asked(each: Draft, parameters: dict[str, Any]) -> Iterator[str]:
    if not each.contract["roles"]:
        yield "Who may run it?"
    for name, said in parameters.items():
        if "suggested" in said and not said.get("record"):
            yield f'Does {name} refer to a record ({said["suggested"]})? Then write it as its "record".'
        if "suggested_language" in said and not said.get("language"):
            guess = said["suggested_language"]
            yield f'In which language is {name} written ({guess})? Then write it as its "language".'
    yield from _ask_currencies(each)
    yield from each.notes


def _ask_currencies(each: Draft) -> Iterator[str]:
    notes = each.contract.get("annotations") or {}
    for name in list_unsaid_money(each.contract):
        if "unit" not in (notes.get(name) or {}):
            yield f'In which currency is {name}? Write its "unit" ("money", "money_minor" for cents) and "currency".'
