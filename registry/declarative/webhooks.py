"""Declarative webhooks: verify a platform's message as its document says, and turn it into an event of safe data."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from core import canon, webhook_signature
from core.clock import format_iso, from_iso
from core.errors import BadAssertion, InvalidInput, NotCanonical, Unauthenticated
from registry.connector import Event, Inbound
from registry.declarative.document import ConnectorDocument, HeaderPlace, Verification, WebhookEvent
from registry.declarative.records import DeclarativeRecords
from registry.declarative.rows import read_pointer
from registry.events.event_catalogue import list_needed

TOLERANCE_S: Final = 300
MOST_SIGNATURES: Final = 10
"""Most signatures of one message that are compared: a platform that changes its secret sends two."""
SECRET_PARAMETER: Final = "token"  # noqa: S105 - the name of the query parameter
_UNBELIEVED: Final = BadAssertion("This webhook was not sent by who shares the secret of this connection.")


async def make_events(
    document: ConnectorDocument, records: DeclarativeRecords, inbound: Inbound, secrets: Sequence[str]
) -> Sequence[Event]:
    """The event of one webhook. None for a type that the document doesn't name. Raises BadAssertion if it can't be
    believed or read, InvalidInput if its record lacks what the event needs, PlatformUnavailable if that can't be read
    now."""
    webhooks = document.webhooks
    if webhooks is None:
        raise BadAssertion(f"{document.title} sends no webhooks.")
    if not secrets:
        raise BadAssertion("This connection has no webhook secret, so no webhook can be believed; share one.")
    signed_id = verify(webhooks.verify, inbound, secrets)
    try:
        message: Any = canon.loads(inbound.body)
    except NotCanonical as error:
        raise BadAssertion(error.detail) from error
    if not isinstance(message, Mapping):
        raise BadAssertion("The webhook holds no JSON object.")
    declared = webhooks.events.get(str(_found(webhooks.type, message, inbound) or ""))
    if declared is None:
        return ()
    given_id = _found(webhooks.id, message, inbound) if webhooks.id is not None else signed_id
    event_id = str(given_id)[:255] if given_id else hashlib.sha256(inbound.body).hexdigest()
    at = _moment(read_pointer(message, webhooks.at)) if webhooks.at is not None else None
    data = {name: value for name, place in declared.data.items() if (value := _scalar(message, place)) is not None}
    data |= await _of_record(records, declared, message)
    _check_needed(declared, data)
    return (Event(event_id, declared.event, data, at or format_iso(inbound.received_at)),)


def verify(how: Verification, inbound: Inbound, secrets: Sequence[str]) -> str | None:
    """Verifies the signature of a webhook. Raises BadAssertion unless one of ``secrets`` signed the message. Returns
    its signed id if there is one."""
    match how.type:
        case "standard_webhooks":
            try:
                now = int(inbound.received_at.timestamp())
                return webhook_signature.verify(secrets, inbound.headers, inbound.body, now=now)
            except Unauthenticated as error:
                raise BadAssertion(error.detail) from error
        case "secret_in_address":
            told = inbound.query.get(SECRET_PARAMETER, "")
        case "header":
            told = inbound.headers.get((how.header or "").lower(), "")
        case "hmac":
            _verify_hmac(how, inbound, secrets)
            return None
    if not told or not any(_same(told, each) for each in secrets):
        raise _UNBELIEVED
    return None


def _verify_hmac(how: Verification, inbound: Inbound, secrets: Sequence[str]) -> None:
    claimed, stamp = _read_claims(how, inbound)
    signed = inbound.body
    if stamp is not None:
        if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 11:
            raise BadAssertion("The webhook's timestamp is missing or malformed.")
        if abs(inbound.received_at.timestamp() - int(stamp)) > TOLERANCE_S:
            raise BadAssertion(
                f"The webhook was signed more than {TOLERANCE_S} s from now: a replay, or a wrong clock."
            )
        signed = stamp.encode() + b"." + signed
    fits = False
    for secret in secrets:
        made = hmac.new(secret.encode(), signed, how.algorithm).digest()
        text = made.hex() if how.encoding == "hex" else base64.b64encode(made).decode()
        for each in claimed:
            given = each.strip()[len(how.prefix) :].strip()
            fits |= _same(given.lower() if how.encoding == "hex" else given, text)
    if not fits:
        raise _UNBELIEVED


def _read_claims(how: Verification, inbound: Inbound) -> tuple[Sequence[str], str | None]:
    """The signatures that the message claims, at most ``MOST_SIGNATURES``, and its timestamp if there must be one.
    Raises BadAssertion without a signature."""
    told = inbound.headers.get((how.header or "").lower(), "")
    parts = [(name.strip(), value) for name, _, value in (each.partition("=") for each in re.split("[,;]", told))]
    claimed = [told] if how.signature_part is None else [value for name, value in parts if name == how.signature_part]
    claimed = [each for each in claimed[:MOST_SIGNATURES] if each.strip().startswith(how.prefix)]
    if not claimed:
        raise _UNBELIEVED
    if how.timestamp_part is not None:
        return claimed, next((value.strip() for name, value in parts if name == how.timestamp_part), "")
    return claimed, inbound.headers.get(how.timestamp.lower(), "") if how.timestamp is not None else None


def _same(told: str, there: str) -> bool:
    return hmac.compare_digest(told.encode("utf-8", "replace"), there.encode())


async def _of_record(records: DeclarativeRecords, declared: WebhookEvent, message: Any) -> dict[str, Any]:
    """The id of the message's record, and the event's fields from it."""
    if declared.kind is None or declared.record is None:
        return {}
    parts = [read_pointer(message, each) for each in declared.record]
    if not all(isinstance(each, str | int) and not isinstance(each, bool) and each != "" for each in parts):
        raise BadAssertion(f"The webhook does not say which {declared.kind} it is about.")
    record_id = "/".join(map(str, parts))
    made: dict[str, Any] = {f"{declared.kind}_id": record_id}
    record = await records.get(declared.kind, record_id) if declared.fields else None
    if record is not None:
        taken = {name: record.values.get(theirs) for name, theirs in declared.fields.items()}
        made |= {name: value for name, value in taken.items() if value is not None}
    return made


def _check_needed(declared: WebhookEvent, data: Mapping[str, Any]) -> None:
    """Raises InvalidInput if a universal event lacks what its kind's record should have given."""
    lacking = [name for name in list_needed(declared.event) if name not in data and name in declared.fields]
    if lacking:
        about = f"the {declared.kind} {data[f'{declared.kind}_id']}"
        raise InvalidInput(
            f"{declared.event} needs {', '.join(lacking)}, which {about} does not have: it isn't on the platform, or "
            "these fields of it are empty or can't be read."
        )


def _found(place: Any, message: Any, inbound: Inbound) -> Any:
    if isinstance(place, HeaderPlace):
        return inbound.headers.get(place.header.lower())
    found = read_pointer(message, place)
    return found if isinstance(found, str | int) and not isinstance(found, bool) else None


def _scalar(message: Any, place: str) -> Any:
    found = read_pointer(message, place)
    return found[:2000] if isinstance(found, str) else found if isinstance(found, int | float | bool) else None


def _moment(value: Any) -> str | None:
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return format_iso(datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC))
        return format_iso(from_iso(str(value)))
    except (ValueError, TypeError, OverflowError, OSError):
        return None
