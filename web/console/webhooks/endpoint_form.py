"""Endpoint form: as posted, and in the API's form."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import InvalidInput
from web.api.webhooks.webhooks import EndpointBody
from web.console.forms import Form, validate


@dataclass(frozen=True, slots=True)
class EndpointForm:
    """Form of a webhook endpoint, as posted. ``patterns`` has one a line, besides the ``ticked`` ones of the catalogue.
    ``headers`` has one ``Name: value`` a line. ``bare`` removes all headers."""

    url: str = ""
    patterns: str = ""
    description: str = ""
    headers: str = ""
    per_minute: str = ""
    bare: bool = False
    ticked: tuple[str, ...] = ()


def read_form(form: Form) -> EndpointForm:
    return EndpointForm(
        url=form.get("url").strip(),
        patterns="\n".join(form.get("patterns", limit=10_000).split()),
        description=form.get("description", limit=1000).strip(),
        headers=form.get("headers", limit=30_000).strip(),
        per_minute=form.get("per_minute", limit=10).strip(),
        bare=form.get("bare", limit=10) == "yes",
        ticked=form.every("tick"),
    )


def parse_form(given: EndpointForm) -> EndpointBody:
    """Parses a posted endpoint into the API's form. Raises InvalidInput that says what to correct."""
    wanted = list(dict.fromkeys([*given.patterns.replace(",", " ").split(), *given.ticked]))
    body, trouble = validate(
        EndpointBody,
        {
            "url": given.url,
            "events": wanted,
            "description": given.description,
            "headers": _headers(given.headers),
            "per_minute": given.per_minute or None,
        },
        {
            "url": "Say where to send: an address that begins with https://",
            "events": "Name 1 to 50 patterns of events, such as invoice.paid, invoice.* or *.",
            "per_minute": "A bound is a whole number from 1 to 6000, or nothing for none.",
        },
    )
    if body is None:
        raise InvalidInput(trouble)
    return body


def _headers(text: str) -> dict[str, str]:
    made: dict[str, str] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise InvalidInput("A header is written as Name: value, one a line.")
        if name.strip().lower() in (each.lower() for each in made):
            raise InvalidInput(f"The header {name.strip()} stands there twice.")
        made[name.strip()] = value.strip()
    return made
