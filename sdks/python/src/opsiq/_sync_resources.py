"""The calls, by resource. Made of _aio_resources.py by scripts/generate.py; don't change it by hand."""

from __future__ import annotations

import time
from abc import ABCMeta
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Optional, Union

from opsiq import types
from opsiq.core import NULL, Call, body, piece, query
from opsiq.errors import TimedOutError
from opsiq.types import Card, Run

if TYPE_CHECKING:
    from opsiq._sync import OpsIQ

Surface = Literal["admin", "customer", "writing"]
When = Union[datetime, str]
_PENDING = ("received", "held", "confirmed", "executing")


class _Resource:
    def __init__(self, client: OpsIQ) -> None:
        self._client = client


class Events(_Resource):
    def fire(
        self,
        event: Union[types.EventName, str],
        data: Optional[Mapping[str, Any]] = None,
        *,
        occurred_at: Optional[When] = None,
        caused_by: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> types.Accepted:
        """Say that something has happened. ``caused_by``: the event, run or call that led to it."""
        sent = body(event=event, data=data or {}, occurred_at=occurred_at, caused_by=caused_by)
        return self._client.do(Call("POST", "/v1/events/fire", types.Accepted, "", sent, True, idempotency_key))

    def list(
        self,
        *,
        event: Optional[str] = None,
        since: Optional[When] = None,
        until: Optional[When] = None,
        limit: Optional[int] = None,
        before: Optional[str] = None,
    ) -> Iterator[types.Event]:
        """Newest first, page after page of ``limit``."""
        asked = [("event", event), ("since", since), ("until", until), ("limit", limit)]
        return self._client._pages("/v1/events", types.EventPage, "before", asked, before)

    def get(self, event_id: str) -> types.EventDetail:
        """One event, with the reactions to it."""
        return self._client.do(Call("GET", f"/v1/events/{piece(event_id)}", types.EventDetail))


class Catalogue(_Resource):
    def list(self) -> Sequence[types.EventType]:
        """The universal events: the schema of each one's data, and a sample."""
        return (self._client.do(Call("GET", "/v1/event-types", types.EventTypeList))).data

    def get(self, name: str) -> types.EventType:
        """One universal event."""
        return self._client.do(Call("GET", f"/v1/event-types/{piece(name)}", types.EventType))


class Runs(_Resource):
    def ask(
        self,
        text: str,
        *,
        surface: Optional[Surface] = None,
        session: Optional[str] = None,
        thread_id: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> Run:
        """Ask for something in plain words; ``wait(run.id)`` waits for what comes of it. ``thread_id``: go on from an
        earlier run."""
        sent = body(text=text, surface=surface, session=session, thread_id=thread_id)
        return self._act("/v1/runs", sent, idempotency_key)

    def get(self, run_id: str, *, wait_s: Optional[float] = None) -> Run:
        """``wait_s`` (at most 60) waits on the server for the run to need a person or be over."""
        return self._client.do(
            Call("GET", f"/v1/runs/{piece(run_id)}", Run, query([("wait_s", wait_s)]), wait_s=wait_s or 0)
        )

    def list(
        self, *, thread_id: Optional[str] = None, limit: Optional[int] = None, before: Optional[str] = None
    ) -> Iterator[Run]:
        """Newest first, page after page of ``limit``; with ``thread_id`` those of one thread."""
        asked = [("thread_id", thread_id), ("limit", limit)]
        return self._client._pages("/v1/runs", types.RunPage, "before", asked, before)

    def records(self, run_id: str, *, start: Optional[int] = None) -> Iterator[types.Candidate]:
        """Every record that the answer of the run rests on, read anew, twenty a page from ``start``."""
        return self._client._pages(f"/v1/runs/{piece(run_id)}/records", types.RecordsPage, "start", (), start)

    def confirm(self, run_id: str, digest: str, *, idempotency_key: Optional[str] = None) -> Run:
        """Say yes to exactly the card with this digest."""
        return self._act(f"/v1/runs/{piece(run_id)}/confirm", body(digest=digest), idempotency_key)

    def reject(self, run_id: str, *, reason: Optional[str] = None, idempotency_key: Optional[str] = None) -> Run:
        """Say no. Nothing is sent."""
        return self._act(f"/v1/runs/{piece(run_id)}/reject", body(reason=reason), idempotency_key)

    def answer(
        self,
        run_id: str,
        slot: str,
        *,
        choice: Optional[str] = None,
        text: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> Run:
        """Answer the open question with one of its candidates (``choice``, its id) or in words (``text``)."""
        return self._act(f"/v1/runs/{piece(run_id)}/answer", body(slot=slot, choice=choice, text=text), idempotency_key)

    def edit(
        self, run_id: str, digest: str, changes: Mapping[str, str], *, idempotency_key: Optional[str] = None
    ) -> Run:
        """Change parameters of a held card by words, as in ``{"0.amount": "20 dollars"}``. That is a new card with a
        new digest."""
        sent = body(digest=digest, changes=changes)
        return self._act(f"/v1/runs/{piece(run_id)}/edit", sent, idempotency_key)

    def decide(
        self,
        run_id: str,
        verdict: Literal["resend", "happened", "did_not_happen"],
        *,
        idempotency_key: Optional[str] = None,
    ) -> Run:
        """Settle a run whose outcome is ``unknown`` (owners): you have looked at the platform, or have it sent again
        under the same key."""
        return self._act(f"/v1/runs/{piece(run_id)}/decide", body(verdict=verdict), idempotency_key)

    def wait(self, run_id: str, *, timeout_s: float = 60.0) -> Run:
        """The run once it is neither held nor under way. Raises TimedOutError when it still is after ``timeout_s``; the run goes on."""  # noqa: E501
        until = time.monotonic() + timeout_s
        left = timeout_s
        while True:
            run = self.get(run_id, wait_s=round(max(0.0, min(20.0, left)), 3))
            left = until - time.monotonic()
            if run.state not in _PENDING:
                return run
            if left <= 0:
                raise TimedOutError(f"{run_id} is still {run.state} after {timeout_s:g} s.")
            if run.state == "held":  # the server does not wait for people
                self._client._sleep(min(1.0, left))

    def _act(self, path: str, sent: bytes, key: Optional[str]) -> Run:
        return self._client.do(Call("POST", path, Run, "", sent, True, key))


class _Acted(Run, metaclass=ABCMeta):
    _runs: Runs

    def wait(self, *, timeout_s: float = 60.0) -> Run:
        """The run when it is over, whoever decides about it and however. Raises TimedOutError; the run goes on."""
        return self._runs.wait(self.id, timeout_s=timeout_s)


class Started(_Acted):
    """A run that is on its way: ``wait()`` for what comes of it."""


class Held(_Acted):
    """A run that waits for a yes to its ``card``: exactly what will be sent, where, and where each value comes from."""

    card: Card

    def confirm(self, *, idempotency_key: Optional[str] = None) -> Run:
        """Say yes to this card, as the key's person. A card that has changed since raises ConflictError."""
        return self._runs.confirm(self.id, self.card.digest, idempotency_key=idempotency_key)

    def reject(self, *, reason: Optional[str] = None, idempotency_key: Optional[str] = None) -> Run:
        """Say no. Nothing is sent."""
        return self._runs.reject(self.id, reason=reason, idempotency_key=idempotency_key)


class Actions(_Resource):
    def run(
        self,
        action: str,
        params: Optional[Mapping[str, Any]] = None,
        *,
        surface: Optional[Surface] = None,
        session: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> Union[Started, Held]:
        """Run a contract by name. The run is on its way, or held for a yes."""
        sent = body(action=action, params=params or {}, surface=surface, session=session)
        run = self._client.do(Call("POST", "/v1/actions/run", Run, "", sent, True, idempotency_key))
        held = run.state == "held" and run.card is not None
        acted = Held(**vars(run)) if held else Started(**vars(run))
        object.__setattr__(acted, "_runs", self._client.runs)  # no field: it is neither compared nor shown
        return acted


class Customers(_Resource):
    def get(self, customer_id: Union[str, int]) -> types.Record:
        return self._client.do(Call("GET", f"/v1/customers/{piece(customer_id)}", types.Record))


class Tickets(_Resource):
    def list(
        self, *, limit: Optional[int] = None, cursor: Optional[str] = None, **fields: Any
    ) -> Iterator[types.Record]:
        """Newest first, page after page of ``limit`` (at most 50). ``fields``: the value, or one of a list, of a declared field."""  # noqa: E501
        return self._client._pages(
            "/v1/tickets", types.RecordPage, "cursor", [*fields.items(), ("limit", limit)], cursor
        )


class Connectors(_Resource):
    def list(self) -> Sequence[types.Connector]:
        return (self._client.do(Call("GET", "/v1/connectors", types.ConnectorList))).data


class Contracts(_Resource):
    def list(self) -> Sequence[types.ContractSummary]:
        return (self._client.do(Call("GET", "/v1/contracts", types.ContractList))).data

    def get(self, name: str) -> types.Contract:
        return self._client.do(Call("GET", f"/v1/contracts/{piece(name)}", types.Contract))

    def tools(
        self,
        *,
        format: Optional[Literal["openai", "anthropic"]] = None,
        q: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> types.ToolList:
        """What this key's role may run, as function tools for a model that you call yourself; ``q``: words that the
        action has. A tool's ``action`` is what ``actions.run`` takes, with the model's arguments."""
        asked = query([("format", format), ("q", q), ("limit", limit)])
        return self._client.do(Call("GET", "/v1/contracts/tools", types.ToolList, asked))

    def versions(self, name: str) -> Sequence[types.Version]:
        """Every version it has had."""
        return (self._client.do(Call("GET", f"/v1/contracts/{piece(name)}/versions", types.VersionList))).data

    def register(
        self, contracts: Sequence[Mapping[str, Any]], *, idempotency_key: Optional[str] = None
    ) -> Sequence[types.Registered]:
        """Lint, sign and register: all of them or none. Where a new endpoint made a ``secret``, it is in this answer
        and in no other."""
        sent = body(contracts=contracts)
        call = Call("POST", "/v1/contracts", types.RegisteredList, "", sent, True, idempotency_key)
        return (self._client.do(call)).data

    def retire(self, name: str, *, idempotency_key: Optional[str] = None) -> types.Retired:
        """Offer it no more."""
        path = f"/v1/contracts/{piece(name)}"
        return self._client.do(Call("DELETE", path, types.Retired, acts=True, key=idempotency_key))


class Me(_Resource):
    def get(self) -> types.Me:
        """This key, its workspace, role and scopes."""
        return self._client.do(Call("GET", "/v1/me", types.Me))


class Webhooks(_Resource):
    def __init__(self, client: OpsIQ) -> None:
        super().__init__(client)
        self.endpoints = Endpoints(client)
        self.deliveries = Deliveries(client)

    def test(
        self, endpoint_id: str, event: Optional[str] = None, *, idempotency_key: Optional[str] = None
    ) -> types.Delivery:
        """One attempt with a sample of the event, by default of the first one that the endpoint wants."""
        sent = body(endpoint=endpoint_id, event=event)
        return self._client.do(Call("POST", "/v1/webhooks/test", types.Delivery, "", sent, True, idempotency_key))


class Endpoints(_Resource):
    def list(self) -> Sequence[types.Endpoint]:
        return (self._client.do(Call("GET", "/v1/webhooks/endpoints", types.EndpointList))).data

    def get(self, endpoint_id: str) -> types.Endpoint:
        return self._client.do(Call("GET", self._path(endpoint_id), types.Endpoint))

    def create(
        self,
        url: str,
        events: Sequence[str],
        *,
        description: Optional[str] = None,
        headers: Optional[Mapping[str, str]] = None,
        per_minute: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> types.EndpointWithSecret:
        """``events`` are patterns: ``invoice.paid``, ``invoice.*``, ``*``. The secret is in this answer and in no other."""  # noqa: E501
        sent = body(url=url, events=events, description=description, headers=headers, per_minute=per_minute)
        return self._client.do(
            Call("POST", "/v1/webhooks/endpoints", types.EndpointWithSecret, "", sent, True, idempotency_key)
        )

    def update(
        self,
        endpoint_id: str,
        *,
        url: Optional[str] = None,
        events: Optional[Sequence[str]] = None,
        description: Optional[str] = None,
        headers: Optional[Mapping[str, str]] = None,
        per_minute: Union[int, Literal["unchanged"], None] = "unchanged",
    ) -> types.Endpoint:
        """Only what is given is changed; ``headers`` replaces all of them, a ``per_minute`` of None takes the bound away."""  # noqa: E501
        bound = NULL if per_minute is None else None if per_minute == "unchanged" else per_minute
        sent = body(url=url, events=events, description=description, headers=headers, per_minute=bound)
        return self._client.do(Call("PATCH", self._path(endpoint_id), types.Endpoint, "", sent))

    def delete(self, endpoint_id: str) -> None:
        self._client.do(Call("DELETE", self._path(endpoint_id), None))

    def pause(self, endpoint_id: str, *, idempotency_key: Optional[str] = None) -> types.Endpoint:
        """Deliveries go on being made, and wait."""
        return self._client.do(
            Call("POST", self._path(endpoint_id, "pause"), types.Endpoint, acts=True, key=idempotency_key)
        )

    def resume(self, endpoint_id: str, *, idempotency_key: Optional[str] = None) -> types.Endpoint:
        return self._client.do(
            Call("POST", self._path(endpoint_id, "resume"), types.Endpoint, acts=True, key=idempotency_key)
        )

    def rotate(self, endpoint_id: str, *, idempotency_key: Optional[str] = None) -> types.EndpointWithSecret:
        """A fresh secret, in this answer and in no other. For 24 hours everything is signed with both."""
        return self._client.do(
            Call("POST", self._path(endpoint_id, "rotate"), types.EndpointWithSecret, acts=True, key=idempotency_key)
        )

    def recover(
        self, endpoint_id: str, since: When, *, until: Optional[When] = None, idempotency_key: Optional[str] = None
    ) -> types.SpanView:
        """One more attempt at every delivery made in the span that failed."""
        return self._span(endpoint_id, "recover", since, until, idempotency_key)

    def replay(
        self, endpoint_id: str, since: When, *, until: Optional[When] = None, idempotency_key: Optional[str] = None
    ) -> types.SpanView:
        """Deliver the events of the span that this endpoint wants and has no delivery of."""
        return self._span(endpoint_id, "replay", since, until, idempotency_key)

    def _span(
        self, endpoint_id: str, act: str, since: When, until: Optional[When], key: Optional[str]
    ) -> types.SpanView:
        sent = body(since=since, until=until)
        return self._client.do(Call("POST", self._path(endpoint_id, act), types.SpanView, "", sent, True, key))

    def _path(self, endpoint_id: str, act: str = "") -> str:
        return f"/v1/webhooks/endpoints/{piece(endpoint_id)}" + (f"/{act}" if act else "")


class Deliveries(_Resource):
    def list(
        self,
        *,
        endpoint: Optional[str] = None,
        event: Optional[str] = None,
        event_id: Optional[str] = None,
        state: Union[str, Sequence[str], None] = None,
        since: Optional[When] = None,
        until: Optional[When] = None,
        limit: Optional[int] = None,
        before: Optional[str] = None,
    ) -> Iterator[types.Delivery]:
        """Newest first, page after page of ``limit`` (at most 100)."""
        pairs = [
            ("endpoint", endpoint),
            ("event", event),
            ("event_id", event_id),
            ("state", state),
            ("since", since),
            ("until", until),
        ]
        return self._client._pages(
            "/v1/webhooks/deliveries", types.DeliveryPage, "before", [*pairs, ("limit", limit)], before
        )

    def get(self, delivery_id: str) -> types.DeliveryDetail:
        """With its body as it is sent, and every attempt."""
        return self._client.do(Call("GET", f"/v1/webhooks/deliveries/{piece(delivery_id)}", types.DeliveryDetail))

    def resend(self, delivery_id: str, *, idempotency_key: Optional[str] = None) -> types.Delivery:
        """One more attempt with the same bytes and the same webhook-id; it starts no new series."""
        path = f"/v1/webhooks/deliveries/{piece(delivery_id)}/resend"
        return self._client.do(Call("POST", path, types.Delivery, acts=True, key=idempotency_key))
