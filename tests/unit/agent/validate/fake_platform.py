"""A platform in memory behind the port, a few people and invoices, contracts, and drafts written as a resolver writes
them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rapidfuzz.distance import OSA

from agent.pipeline import Answer, Choice, Draft, ListArgument, Mention, Plan, Question, Refusal, Request, Span
from agent.validate.plan_builder import validate
from connectors.saas import SaasConnector
from connectors.saas.kinds import KINDS
from core.actor import Actor, Surface
from core.errors import PlatformUnavailable
from registry.catalogue import Catalogue
from registry.connector import Settings
from registry.contract import Contract, parse
from registry.records import Kinds, Query, Record, RecordKind, admit

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
OWNER = Actor("ws_1", "mem_1", "member", "Olga", "owner", "mem_1")
RUN = "run_00000000000000000000000001"
Row = dict[str, Any]


class Platform:
    """Rows by kind. Names match by any word, with one slip in a longer word forgiven; numbers and addresses exactly."""

    def __init__(self, rows: Mapping[str, Sequence[Row]], kinds: Sequence[RecordKind] = KINDS) -> None:
        self.rows = {kind.name: [dict(row) for row in rows.get(kind.name, ())] for kind in kinds}
        self._kinds = {kind.name: kind for kind in kinds}
        self.down = False
        self.asked: list[Query] = []

    def kinds(self) -> tuple[RecordKind, ...]:
        return tuple(self._kinds.values())

    async def search(self, query: Query) -> Sequence[Record]:
        self._up()
        self.asked.append(query)
        kind = self._kinds[query.kind]
        found = [row for row in self.rows[query.kind] if _fits(row, query.where)]
        if query.order is not None:
            order = query.order
            found.sort(key=lambda row: (row.get(order) is not None, row.get(order) or 0), reverse=query.descending)
        if query.text is not None:
            scored = [(_score(kind, row, query), row) for row in found]
            found = [row for score, row in sorted(scored, key=lambda pair: -pair[0]) if score > 0]
        return [admit(kind, row) for row in found[: query.limit]]

    async def get(self, kind: str, record_id: str) -> Record | None:
        self._up()
        declared = self._kinds[kind]
        row = next((row for row in self.rows[kind] if str(row[declared.id_field]) == record_id), None)
        return admit(declared, row) if row is not None else None

    def row(self, kind: str, record_id: int | str) -> Row:
        return next(row for row in self.rows[kind] if row[self._kinds[kind].id_field] == record_id)

    def _up(self) -> None:
        if self.down:
            raise PlatformUnavailable("The platform did not answer.")


def _fits(row: Row, where: Mapping[str, Sequence[Any]]) -> bool:
    return all(str(row.get(name)) in {str(value) for value in values} for name, values in where.items())


def _score(kind: RecordKind, row: Row, query: Query) -> float:
    text = query.text or ""
    best = 0.0
    for field in kind.fields:
        value = row.get(field.name)
        if value is None or field.search is None or (query.by is not None and field.search != query.by):
            continue
        if field.search in ("number", "email"):
            same = str(value).casefold() == text.casefold() or (
                text.isdigit() and "".join(filter(str.isdigit, str(value))) == text
            )
            best = max(best, 1.0 if same else 0.0)
        else:
            asked, there = text.casefold().split(), str(value).casefold().split()
            hits = sum(any(_alike(word, other) for other in there) for word in asked)
            best = max(best, hits / len(asked) if asked else 0.0)
    return best


def _alike(asked: str, there: str) -> bool:
    return asked == there or there.startswith(asked) or (len(asked) > 3 and OSA.distance(asked, there) <= 1)


def customer(id_: int, name: str, **more: Any) -> Row:
    mail = f"{''.join(filter(str.isascii, name)).lower().replace(' ', '.')}@example.com"
    base = {"id": id_, "name": name, "company": "", "email": mail, "country": "DE", "status": "active", "currency": "EUR",  # noqa: E501
            "credit_balance": 0, "signed_up_at": f"2025-01-{id_ % 28 + 1:02d}T00:00:00Z"}  # fmt: skip
    return {**base, **more}


def invoice(id_: int, customer_id: int, status: str = "paid", total: int = 4900, day: int = 1, **more: Any) -> Row:
    at = f"2026-10-{day:02d}T09:00:00Z"
    base = {
        "id": id_,
        "number": f"INV-{1000 + id_}",
        "customer_id": customer_id,
        "customer_name": f"customer {customer_id}",
        "status": status,
        "status_at": at,
        "total": total,
        "refunded": 0,
        "refundable": total,
        "currency": "EUR",
        "description": "Hosting",
        "issued_at": at,
        "due_at": at,
        "paid_at": at if status in ("paid", "refunded") else None,
    }
    return {**base, **more}


def ticket(id_: int, customer_id: int, subject: str, status: str = "open", day: int = 1, **more: Any) -> Row:
    base = {"id": id_, "subject": subject, "customer_id": customer_id, "customer_name": f"customer {customer_id}", "agent_id": None,  # noqa: E501
            "agent_name": None, "assigned": False, "status": status, "priority": "normal", "channel": "email",
            "opened_at": f"2026-11-{day:02d}T09:00:00Z", "closed_at": None}  # fmt: skip
    return {**base, **more}


def town() -> dict[str, list[Row]]:
    """Two Adams, Berta with one paid invoice, Cleo whose two are refunded, Dora who has none."""
    return {
        "customer": [customer(1, "Adam Novak"), customer(2, "Adam Nowak", currency="PLN"), customer(3, "Berta Lind"),
                     customer(4, "Cleo Marsh"), customer(5, "Dora Quist")],
        "invoice": [invoice(11, 1, day=1), invoice(12, 1, total=9900, day=5), invoice(13, 1, "open", day=9),
                    invoice(21, 2, day=2, currency="PLN"),
                    invoice(31, 3, total=2500, day=3), invoice(41, 4, "refunded", day=4), invoice(42, 4, "refunded", day=6)],  # noqa: E501
        "ticket": [ticket(5519, 3, "Password reset fails"), ticket(5520, 1, "Wrong address", day=2)],
        "article": [{"slug": "how-to-reset-password", "title": "How to reset your password", "section": "Accounts", "language": "en",  # noqa: E501
                     "updated_at": "2026-01-01T00:00:00Z"}],
        "agent": [{"id": 1, "name": "Priya Raman", "email": "priya@example.com", "team": "support", "available": True,
                   "joined_at": "2020-01-01T00:00:00Z"}],
    }  # fmt: skip


class _NoClient:
    async def get_json(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        raise AssertionError("no unit test reaches a platform")


SAAS: tuple[Contract, ...] = tuple(
    SaasConnector(_NoClient(), Settings("http://platform.example", {})).register_actions()
)


def contract(name: str = "test.act", **fields: Any) -> Contract:
    """A contract that everybody with the role owner may run on the admin surface; ``fields`` override."""
    base: dict[str, Any] = {
        "schema": "opsiq/contract/v1", "name": name, "title": "Act", "description": "It acts.", "surfaces": ["admin"],
        "roles": ["owner"], "parameters": {"type": "object", "additionalProperties": False, "properties": {}},
        "endpoint": {"url": "http://platform.example/act"},
    }  # fmt: skip
    return parse({**base, **fields})


def spans(request: Request, words: str, origin: int = 0) -> tuple[Span, ...]:
    """Where ``words`` stand; several stretches are separated by `` | ``."""
    made = []
    for part in words.split(" | "):
        start = request.words(origin).index(part)
        made.append(Span(origin=origin, start=start, end=start + len(part), text=part))
    return tuple(made)


class Case:
    """One request against one world: ``ask`` validates, ``say`` and ``choose`` answer what was asked and validate
    again."""

    def __init__(
        self,
        text: str,
        *drafts: tuple[str, Mapping[str, Any]],
        rows: Mapping[str, Sequence[Row]] | None = None,
        contracts: Sequence[Contract] = SAAS,
        actor: Actor = OWNER,
        surface: Surface = "admin",
        kinds: Sequence[RecordKind] = KINDS,
        confirmed: Callable[[str], bool] = lambda digest: False,
    ) -> None:
        self.platform = Platform(town() if rows is None else rows, kinds)
        self.kinds = Kinds([self.platform])
        self.catalogue = Catalogue(contracts)
        self.request = Request(text=text, now=NOW, surface=surface)
        self.actor, self.confirmed = actor, confirmed
        self.drafts = tuple(
            Draft(action=action, arguments={name: self._argument(value) for name, value in arguments.items()})
            for action, arguments in drafts
        )
        self.last: Plan | Question | Refusal | None = None

    def _argument(self, value: Any) -> Any:
        if isinstance(value, str):
            return Mention(spans=spans(self.request, value))
        if isinstance(value, tuple):
            chosen, words = value
            return Choice(value=chosen, spans=spans(self.request, words))
        if isinstance(value, list):
            return ListArgument(items=tuple(self._argument(each) for each in value))
        return value

    async def ask(self) -> Plan | Question | Refusal:
        self.last = await validate(
            self.request,
            self.drafts,
            run_id=RUN,
            actor=self.actor,
            catalogue=self.catalogue,
            kinds=self.kinds,
            confirmed_in_session=self.confirmed,
        )
        return self.last

    async def plan(self) -> Plan:
        made = await self.ask()
        assert isinstance(made, Plan), made
        return made

    async def question(self) -> Question:
        made = await self.ask()
        assert isinstance(made, Question), made
        return made

    async def refusal(self) -> Refusal:
        made = await self.ask()
        assert isinstance(made, Refusal), made
        return made

    def say(self, words: str) -> Case:
        return self._answer(Answer(slot=self._slot(), text=words))

    def choose(self, choice: str) -> Case:
        assert isinstance(self.last, Question)
        label = next(each.label for each in self.last.candidates if each.id == choice)
        return self._answer(Answer(slot=self._slot(), choice=choice, label=label))

    def _slot(self) -> str:
        assert isinstance(self.last, Question)
        return self.last.slot

    def _answer(self, answer: Answer) -> Case:
        self.request = self.request.model_copy(update={"answers": (*self.request.answers, answer)})
        return self


def params(plan: Plan, step: int = 0) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(plan.steps[step].payload)["params"]
    return made


def refund(text: str, words: str | None = None, **more: object) -> Case:
    """A request to refund the invoice that ``words`` stand for: all of the text but its verb, unless given."""
    return Case(text, ("saas.refund_invoice", {"invoice_id": words or text.removeprefix("refund ")}), **more)  # type: ignore[arg-type]
