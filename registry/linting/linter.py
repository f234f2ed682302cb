"""Contract linter: finds faults of contracts beyond their schema, before anything is signed.

A Finding whose code begins with ``warn_`` is advice. Any other keeps the contract out. Pointers are RFC 6901 from the
given value. The linter raises nothing for its input, and fetches nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

from core import canon
from core.actor import EVALUATOR
from core.errors import Finding, InvalidContract, InvalidInput, NotCanonical
from registry import preview
from registry.conditions import condition, satisfiability
from registry.confirmation import ConfirmBy, Policy
from registry.contract import MAX_CONTRACT_BYTES, SCHEMA, SCHEMA_V2, Contract, Risk, parse
from registry.contract_file import read_contracts, with_base_url
from registry.hints import find_nearest
from registry.json_schema.schemas import find_schema_faults
from registry.linting.endpoints import lint_endpoint
from registry.linting.parameters import lint_parameters
from registry.linting.text import find_coerced, find_hidden_characters, find_secrets

MAX_FILE_BYTES: Final = 32 * 1024 * 1024
MAX_FINDINGS: Final = 100
"""Most findings of one contract, and approximately of a file."""
_COUNTED: Final = 4 * MAX_CONTRACT_BYTES


def is_advice(finding: Finding) -> bool:
    return finding.code.startswith("warn_")


def lint_file(path: Path, *, base_url: str = "https://platform.invalid", known: Collection[str] = ()) -> list[Finding]:
    """The findings of a file of contracts. Raises nothing for its content, and OSError if it can't be read."""
    if path.stat().st_size > MAX_FILE_BYTES:
        return [Finding("", "file_too_large", f"The file is larger than {MAX_FILE_BYTES} bytes; split it.")]
    try:
        value = canon.loads(path.read_bytes())
    except NotCanonical as error:
        return [Finding("", "not_json", f"{error.detail.rstrip('.')}. Mend the JSON first.")]
    return lint(with_base_url(value, base_url), known=known)


def lint(value: Any, *, known: Collection[str] = (), connections: Collection[str] | None = None) -> list[Finding]:
    """The findings of decoded JSON: one contract, a list of them, or ``{"contracts": […]}``. ``known`` are names of
    registered contracts, which ``undo`` may refer to. ``connections`` are the existing ones, or None if they are
    unknown."""
    prefix, members = read_contracts(value)
    if members is None:
        return _limit(value, "", connections) if isinstance(value, Mapping) else [_make_shapeless()]
    findings: list[Finding] = []
    faults = 0
    if not members:
        findings.append(Finding(prefix, "warn_no_contracts", "The file declares no contract; nobody can do anything."))
    for index, each in enumerate(members):
        if faults > MAX_FINDINGS:
            more = "There may be more; mend these first."
            findings.append(Finding(f"{prefix}/{index}", "too_many_findings", more))
            break
        here = f"{prefix}/{index}"
        found = _limit(each, here, connections) if isinstance(each, Mapping) else [_make_shapeless(here)]
        wrong = [finding for finding in found if not is_advice(finding)]
        faults += len(wrong)
        findings += found if len(findings) <= MAX_FINDINGS else wrong  # advice alone stops nobody
    return findings + list(islice(_lint_across(members, prefix, known), MAX_FINDINGS))


def _limit(value: Mapping[str, Any], pointer: str, connections: Collection[str] | None) -> list[Finding]:
    """Refuses to lint a contract larger than the limit, and cuts an endless list of findings."""
    if (size := _measure_size(value)) > MAX_CONTRACT_BYTES:
        said = (
            f"A contract has at most {MAX_CONTRACT_BYTES} bytes; this one has {'more' if size >= _COUNTED else size}."
        )
        return [Finding(pointer, "too_large", said)]
    return list(islice(_lint_one(value, pointer, connections), MAX_FINDINGS))


def _measure_size(value: Any) -> int:
    """Approximate size as JSON, never too large. It is counted without recursion, and the count stops at _COUNTED."""
    count, left = 0, [value]
    while left and count < _COUNTED:
        each = left.pop()
        if isinstance(each, str):
            count += len(each) + 2
        elif isinstance(each, Mapping):
            count += 1 + sum(len(str(key)) + 3 for key in each)
            left.extend(each.values())
        elif isinstance(each, list | tuple):
            count += 1 + len(each)
            left.extend(each)
        else:
            count += 1
    return count


def _make_shapeless(pointer: str = "") -> Finding:
    return Finding(
        pointer,
        "not_a_contract",
        f'A contract is a JSON object that begins with "schema": "{SCHEMA}" or "{SCHEMA_V2}".',
    )


def _lint_one(value: Mapping[str, Any], pointer: str, connections: Collection[str] | None) -> Iterator[Finding]:
    yield from find_secrets(value, pointer)
    try:
        contract = parse(value)
        dumped = contract.model_dump(mode="json", by_alias=True)
    except InvalidContract as error:
        for finding in error.findings:
            yield Finding(pointer + finding.pointer, finding.code, _with_advice(finding))
        return
    yield from find_coerced(value, dumped, pointer)
    yield from _lint_bytes(contract, pointer)
    about_parameters = list(lint_parameters(contract, pointer))
    yield from about_parameters
    yield from _lint_policy(contract, pointer)
    yield from lint_endpoint(contract, pointer, connections)
    if not any(finding.code == "parameters_schema" for finding in about_parameters):
        yield from _lint_condition(contract, f"{pointer}/confirmation/condition")
        yield from _preview(contract, pointer)
    yield from find_hidden_characters(dumped, pointer)
    if contract.result is not None:
        for inner, why in find_schema_faults(contract.result):
            yield Finding(f"{pointer}/result{inner}", "result_schema", f"The result's schema can't be used: {why}.")
    if not contract.roles:
        yield Finding(
            f"{pointer}/roles", "warn_no_roles", "No role is listed, so nobody can run it; name at least one."
        )
    if EVALUATOR in contract.roles:
        yield Finding(
            f"{pointer}/roles/{contract.roles.index(EVALUATOR)}",
            "evaluator_role",
            f"Who has the role {EVALUATOR!r} looks at eval reports and runs nothing; name another role.",
        )
    if not contract.surfaces:
        yield Finding(
            f"{pointer}/surfaces", "warn_no_surfaces", "No surface is listed, so it is offered nowhere; name one."
        )
    if not contract.examples:
        yield Finding(
            f"{pointer}/examples",
            "warn_no_examples",
            "There are no examples; a few real requests help to find this action.",
        )
    if contract.undo == contract.name:
        yield Finding(
            f"{pointer}/undo", "undo_itself", "An action can't undo itself; name the action that reverses it."
        )


def _lint_bytes(contract: Contract, pointer: str) -> Iterator[Finding]:
    try:
        size = len(contract.canonical)
    except NotCanonical as error:
        yield Finding(pointer, "not_canonical", f"{error.detail} Change that value; it can't be signed.")
        return
    if size > MAX_CONTRACT_BYTES:
        yield Finding(pointer, "too_large", f"A contract has at most {MAX_CONTRACT_BYTES} bytes; this one has {size}.")


def _lint_policy(contract: Contract, pointer: str) -> Iterator[Finding]:
    here = f"{pointer}/confirmation"
    policy = contract.confirmation.policy
    if contract.risk is Risk.IRREVERSIBLE and policy is Policy.NEVER:
        yield Finding(
            f"{here}/policy",
            "irreversible_unconfirmed",
            "What can't be taken back must be confirmed: use 'always' or 'when', or lower the risk if it can be "
            "undone.",
        )
    if contract.risk is Risk.IRREVERSIBLE and policy is Policy.ONCE_PER_SESSION:
        yield Finding(
            f"{here}/policy",
            "warn_irreversible_once",
            "After the first confirmation, further irreversible calls of the session run unseen; consider 'always'.",
        )
    if contract.confirmation.approvals > 1 and contract.confirmation.by is ConfirmBy.ANYONE:
        yield Finding(
            f"{here}/by",
            "warn_two_are_persons",
            "If two must agree, both are persons, and no API key may confirm; leave 'by' out, or write 'person'.",
        )
    if contract.risk is Risk.IRREVERSIBLE and contract.confirm_by is ConfirmBy.ANYONE:
        yield Finding(
            f"{here}/by",
            "warn_irreversible_by_key",
            "An API key may confirm what can't be taken back, so a leaked one may do it alone; leave 'by' out, or "
            "write 'person'.",
        )


def _lint_condition(contract: Contract, here: str) -> Iterator[Finding]:
    if contract.confirmation.condition is None:
        return
    try:
        compiled = condition.compile(contract.confirmation.condition)
        satisfiability.check_satisfiable(compiled)
    except InvalidInput as error:
        yield Finding(here, "condition", error.detail)
        return
    for name in sorted(compiled.parameters - set(contract.properties)):
        yield Finding(
            here, "condition_unknown_parameter", f"params.{name} is read, but there is no parameter {name!r}."
        )
    for name in sorted(compiled.records):
        if name not in contract.properties or contract.annotation(name).record is None:
            yield Finding(
                here,
                "condition_unknown_record",
                f"records.{name} is read, but {name!r} is no parameter that refers to a record.",
            )
    for name in sorted(compiled.parameters & set(contract.properties) - compiled.guarded):
        if name not in contract.required and "default" not in _read_mapping(contract.properties[name]):
            yield Finding(
                here,
                "warn_condition_optional",
                f"params.{name} may be absent; then a person must confirm. Write has(params.{name}) && … if that "
                f"is not meant.",
            )


def _preview(contract: Contract, pointer: str) -> Iterator[Finding]:
    if contract.preview is None:
        return
    names = frozenset(contract.properties)
    records = frozenset(name for name in names if contract.annotation(name).record is not None)
    for why in preview.find_faults(contract.preview, names, records):
        yield Finding(f"{pointer}/preview", "preview", f"The preview can't be used: {why}.")


def _lint_across(members: Sequence[Any], prefix: str, known: Collection[str]) -> Iterator[Finding]:
    named = [(index, each) for index, each in enumerate(members) if isinstance(each, Mapping)]
    names = {each["name"] for _, each in named if isinstance(each.get("name"), str)} | set(known)
    seen: dict[str, int] = {}
    for index, each in named:
        key = f"{each.get('name')} v{each.get('version', 1)}"
        if isinstance(each.get("name"), str) and key in seen:
            yield Finding(
                f"{prefix}/{index}/name",
                "duplicate",
                f"{key} stands already at {prefix}/{seen[key]}; raise the version.",
            )
        seen.setdefault(key, index)
        undo = each.get("undo")
        if isinstance(undo, str) and undo not in names:
            near = find_nearest(undo, names)
            mend = f"did you mean {near!r}?" if near else "until it is registered, undo is not offered."
            yield Finding(f"{prefix}/{index}/undo", "warn_undo_unknown", f"No contract here is named {undo!r}; {mend}")


def _with_advice(finding: Finding) -> str:
    """The parser's message with advice added."""
    name = finding.pointer.rsplit("/", 1)[-1]
    if finding.code == "extra_forbidden":
        near = find_nearest(name, _FIELDS)
        return f"There is no field {name[:100]!r} here; " + (f"did you mean {near!r}?" if near else "remove it.")
    if finding.code == "string_pattern_mismatch" and name in ("name", "undo"):
        return "A name is two or more lower-case words joined by dots, as in saas.refund_invoice."
    return finding.detail if finding.detail.endswith(".") else f"{finding.detail}; change the value."


def _read_mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


_FIELDS: Final = tuple(field.alias or name for name, field in Contract.model_fields.items())
