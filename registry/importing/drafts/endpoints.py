"""Endpoint of a draft: the request for an operation, with the value for each place in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any

from registry.importing.document.alternatives import Settler
from registry.importing.document.description import BodyContent, Operation, is_form, is_json, is_multipart
from registry.importing.drafts.addresses import bind_in_path, list_literals, write_path
from registry.importing.drafts.error_pointers import find_error_pointers
from registry.importing.drafts.slot_schema import CannotDraft, Slot

_GET_WITH_BODY = "It is a GET with a body, which many servers and proxies drop; contracts send none."


def choose_content(operation: Operation) -> BodyContent | None:
    """The media type to send: JSON before forms before text. Raises CannotDraft for a GET with a body."""
    if not operation.contents:
        return None
    if operation.method == "GET":
        raise CannotDraft(_GET_WITH_BODY)
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


def write_endpoint(
    operation: Operation,
    content: BodyContent | None,
    slots: Sequence[Slot],
    fixed: Mapping[str, Any],
    nulls: Set[str],
    idempotency: Slot | None,
    connection: str,
    settler: Settler,
    notes: list[str],
) -> dict[str, Any]:
    """The contract's ``endpoint``. ``slots`` are the places that are sent, each with a fixed value or a parameter.
    ``nulls`` are required members of the body that may be null. ``idempotency`` is the header for the call's key.
    Remarks for a person are added to ``notes``."""
    path, placeholders = write_path(operation, slots, notes)
    endpoint: dict[str, Any] = {"type": "http", "connection": connection, "method": operation.method, "url": path}
    bound = {slot.name: {"value": fixed[slot.name]} if slot.name in fixed else _binding(slot) for slot in slots}
    for each in nulls & set(bound) - set(fixed):
        bound[each]["when_absent"] = "null"
    in_path = {key: bind_in_path(bound[slot.name], slot, placeholders) for key, slot in _by_key(slots, "path").items()}
    queried = {key: bound[slot.name] for key, slot in _by_key(slots, "query").items()}
    headers = {key: bound[slot.name] for key, slot in _by_key(slots, "header").items()}
    members = {"path": in_path, "query": {**list_literals(operation.path), **queried}, "headers": headers}
    endpoint |= {member: values for member, values in members.items() if values}
    body = _write_body(operation, content, slots, bound)
    if body is not None and operation.method == "GET":
        raise CannotDraft(_GET_WITH_BODY)
    if body is not None:
        endpoint["body"] = body
    if idempotency is not None:
        endpoint["idempotency_header"] = idempotency.key
    if errors := find_error_pointers(operation, settler):
        endpoint["error"] = errors
    return endpoint


def _write_body(
    operation: Operation, content: BodyContent | None, slots: Sequence[Slot], bound: Mapping[str, Any]
) -> dict[str, Any] | None:
    if content is not None:
        return _body(content, list(_by_key(slots, "body").values()), bound)
    if operation.method in ("POST", "PUT", "PATCH") and any(at == "415" for at, _ in operation.responses.members()):
        return {"type": "json", "fields": {}}  # the platform checks the type even of an empty body
    return None


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
