"""Payload builder: makes the bytes of a call from filled parameters and nothing else (docs/reference/wire.md §2).

It also writes the preview, one sentence: the contract's template with the final values, or a plain list of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from agent.pipeline import ParameterValue, PromptSource
from core import canon
from core.actor import Actor, Surface
from core.display_text import to_display_text
from core.errors import InvalidInput
from language.currencies import is_code
from registry import preview as template
from registry.catalogue import Catalogue
from registry.confirmation import ConfirmBy
from registry.contract import Contract, Unit
from registry.endpoints.formats import Money
from registry.endpoints.rendering import Binding, make_tool_arguments, render
from registry.endpoints.types import HttpEndpoint, McpEndpoint
from registry.json_schema import pointer

if TYPE_CHECKING:
    from agent.pipeline import Step
    from registry.json_schema.schemas import Checker


@dataclass(frozen=True, slots=True)
class Misfit:
    """A parameter that doesn't fit the contract's JSON Schema. ``param`` is None if no single one is at fault.
    ``below`` is the JSON Pointer of the fault inside the value."""

    param: str | None
    why: str
    below: str = ""


@lru_cache(maxsize=512)
def _make_checker(schema: bytes) -> Checker:
    from registry.json_schema.schemas import Checker

    return Checker(canon.loads(schema))


def find_misfits(contract: Contract, params: Mapping[str, Any]) -> Iterator[Misfit]:
    """The misfits, in the schema's order. A broken schema is one misfit: nothing fits it."""
    try:
        checker = _make_checker(canon.dumps(contract.parameters))
    except Exception as error:  # jsonschema-rs raises its own errors and ValueError for a broken schema
        yield Misfit(None, f"the contract's schema can't be used: {str(error)[:200]}")
        return
    try:
        for fault in checker.faults(dict(params)):
            path = fault.instance_path
            yield Misfit(str(path[0]) if path else None, fault.message[:200], pointer.join_pointer(*path[1:]))
    except InvalidInput as error:
        yield Misfit(None, error.detail)


def render_body(contract: Contract, params: Mapping[str, Any], *, call_id: str, run_id: str, actor: Actor) -> str:
    """The whole body as canonical JSON text. Raises NotCanonical for a value without a canonical form."""
    return canon.dumps(
        {
            "action": contract.name,
            "actor": {"id": actor.id, "name": actor.name, "role": actor.role},
            "contract_version": contract.version,
            "id": call_id,
            "params": dict(params),
            "run_id": run_id,
            "workspace": actor.workspace,
        }
    ).decode()


@dataclass(frozen=True, slots=True)
class CallRequest:
    """Exactly what a call sends, without signatures and credentials. ``method`` is empty for a signed POST and for a
    tool. ``headers`` are those of an HTTP request."""

    url: str
    payload: str
    method: str = ""
    headers: tuple[tuple[str, str], ...] = ()


def call_request(
    contract: Contract, params: Mapping[str, Any], *, catalogue: Catalogue, call_id: str, run_id: str, actor: Actor
) -> CallRequest:
    """The request of a call. ``catalogue`` knows the addresses of connections. Raises InvalidInput for values that the
    contract's request can't hold, and NotCanonical for one without a canonical form."""
    endpoint = contract.endpoint
    if not isinstance(endpoint, HttpEndpoint | McpEndpoint):
        made = render_body(contract, params, call_id=call_id, run_id=run_id, actor=actor)
        return CallRequest(endpoint.url, made)
    base = None
    if endpoint.connection is not None:
        base = catalogue.address(endpoint.connection)
        if base is None:
            raise InvalidInput(f"The connection {endpoint.connection!r} is not set up here.")
    binding = make_binding(contract, params, call_id)
    if isinstance(endpoint, McpEndpoint):
        return CallRequest(base or "", canon.dumps(make_tool_arguments(endpoint, binding)).decode())
    request = render(endpoint, binding, base)
    return CallRequest(request.url, request.body, request.method, request.headers)


def make_binding(contract: Contract, params: Mapping[str, Any], call_id: str) -> Binding:
    """The values that fill a contract's request template."""
    amounts: dict[str, Money] = {}
    for name in contract.properties:
        annotation = contract.annotation(name)
        if annotation.unit in (Unit.MONEY, Unit.MONEY_MINOR):
            read = params.get(annotation.currency_from) if annotation.currency_from else annotation.currency
            currency = read if isinstance(read, str) else None
            amounts[name] = Money(currency, annotation.unit is Unit.MONEY_MINOR)
    return Binding(params, call_id, amounts)


def digest_plan(steps: tuple[Step, ...], *, run_id: str, actor: Actor, surface: Surface) -> str:
    """The digest that a confirmation binds: who, where, the contracts by digest, the endpoints, the bytes, and the
    records as they were."""
    return canon.digest(
        {
            "run_id": run_id,
            "actor": actor.as_json(),
            "surface": surface,
            "steps": [
                {
                    "contract": {"name": step.action, "version": step.version, "digest": step.contract_digest},
                    "url": step.url,
                    "payload": step.payload,
                    # Absent for signed POSTs. Digests from before other endpoints existed stay valid.
                    **(
                        {"method": step.method, "headers": [list(each) for each in step.headers]} if step.method else {}
                    ),
                    "pins": [{"kind": pin.record_kind, "id": pin.record_id, "digest": pin.digest} for pin in step.pins],
                    "approvals": step.approvals,
                    # Absent if anyone may confirm. Digests from before this setting existed stay valid.
                    **({"confirm_by": step.confirm_by.value} if step.confirm_by is ConfirmBy.PERSON else {}),
                }
                for step in steps
            ],
        }
    )


MAX_CHARS: Final = 1000
_MONEY: Final = (Unit.MONEY, Unit.MONEY_MINOR)


def preview(contract: Contract, filled: Mapping[str, ParameterValue], records: Mapping[str, Mapping[str, Any]]) -> str:
    """The preview as plain text without hidden characters.

    The template gets ``params`` (money and days formatted, the rest as sent) and ``records`` (parameter → safe
    fields). The values are listed if there is no template, or if it uses a value that isn't there.
    """
    if contract.preview:
        params = {name: _display_param(contract, each) for name, each in filled.items()}
        seen = {
            name: {field: _display_value(value) for field, value in values.items()} for name, values in records.items()
        }
        with suppress(InvalidInput):  # the template uses a missing value (an optional parameter)
            return to_display_text(template.render(contract.preview, params, seen), lines=True, limit=MAX_CHARS)
    values = [_tell_value(each, filled) for name in contract.properties if (each := filled.get(name)) is not None]
    values = list(filter(None, values))
    return to_display_text(f"{contract.title}{' – ' if values else ''}{'; '.join(values)}", limit=MAX_CHARS)


def _tell_value(filled: ParameterValue, beside: Mapping[str, ParameterValue]) -> str:
    """``Reason: late``, but ``fine F-231`` of a record that says what it is. Empty for an amount's own currency."""
    amounts = [each.shown for each in beside.values() if each is not filled and isinstance(each.value, int | float)]
    code = filled.value if isinstance(filled.value, str) and is_code(filled.value) else None
    if code is not None and any(each.endswith(f" {code}") for each in amounts):
        return ""
    says_so = filled.shown.casefold().startswith(f"{filled.label.casefold()} ")
    return filled.shown if says_so else f"{filled.label}: {filled.shown}"


def _display_param(contract: Contract, filled: ParameterValue) -> Any:
    is_day = contract.properties[filled.param].get("format") in ("date", "date-time")
    if is_day or contract.annotation(filled.param).unit in _MONEY or isinstance(filled.value, list):
        return filled.shown
    return _display_value(filled.value, lines=isinstance(filled.source, PromptSource))


def _display_value(value: Any, *, lines: bool = False) -> Any:
    """Keeps line breaks that the person typed. Spells out line breaks from a record's field, which could pass for a
    line of the card."""
    return to_display_text(value, lines=lines) if isinstance(value, str) else value
