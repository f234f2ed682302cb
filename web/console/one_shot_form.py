"""One-shot forms: a ticket, stored in the act's transaction, prevents a double submit from acting twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Conflict, InvalidInput
from web.console.forms import Form
from web.idempotency import hold_claim, take_claim

TICKET: Final = "once"
_TWICE: Final = "This form was sent already, and what it asks for is done. It was not done twice."
TransactionHook = Callable[[AsyncSession, Any], Coroutine[Any, Any, None]]


@asynccontextmanager
async def use_form_once(request: Request, form: Form) -> AsyncIterator[TransactionHook]:
    """Hook for the act's transaction that uses up the form's ticket. A failed form can be sent again. A form that has
    acted raises Conflict."""
    ticket = form.get(TICKET, limit=100)
    if not ticket:
        raise InvalidInput("This form lacks the mark that keeps it from being done twice: load the page again.")
    visitor = form.member
    key = f"{visitor.login.id}:{ticket}"
    who = f"{visitor.actor.id}:{visitor.actor.role}"
    claim = await take_claim(request, visitor.actor.workspace, who, key, fingerprint="form")
    if claim.verdict != "ours":
        raise Conflict("This form is being worked on: wait a moment." if claim.verdict == "in_flight" else _TWICE)
    async with hold_claim(request, claim) as attempt:
        yield attempt.keep(200, lambda _: {})
