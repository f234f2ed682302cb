"""What texts are read against: contracts and records, and the way from a text to its verdict."""

from __future__ import annotations

import gc
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import _lru_cache_wrapper, cache
from typing import Any, Final

from agent.pipeline import Answer, Plan, Question, Refusal, Request
from agent.planning.propose import Outcome, Task, Verdict, propose
from agent.planning.task import TOO_COSTLY
from agent.resolve.rules.resolver import RuleResolver
from agent.workspace.context import WorkspaceContext
from connectors.saas import SaasConnector
from connectors.saas.kinds import KINDS
from core import cpu_budget
from core.actor import OWNER, Actor
from core.settings.fields import SettingFields
from evals.cases.rows import Rows
from registry.catalogue import Catalogue
from registry.connector import PlatformAnswer, PlatformRequest, Settings
from registry.contract import Contract, parse
from registry.records import Kinds

NOW: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ACTOR: Final = Actor("ws_bench", "mem_bench", "member", "Bea", OWNER, "bea")
RUN: Final = "run_00000000000000000000000001"
BUDGET_S: Final = SettingFields.reading_budget_ms / 1000
"""What a server gives one reading, by default."""
SPENT: Final = Refusal(code="too_complex", detail=TOO_COSTLY)

ROWS: Final[Mapping[str, Sequence[Mapping[str, Any]]]] = {
    "customer": [
        {"id": at, "name": name, "company": "", "email": f"c{at}@example.com", "country": "DE", "status": "active", "currency": "EUR",  # noqa: E501
         "credit_balance": 0, "signed_up_at": "2025-01-05T00:00:00Z"}
        for at, name in enumerate(("Adam Novak", "Adam Nowak", "Berta Lind", "Dora Quist", "Ada Bob"), 1)
    ],
    "invoice": [
        {"id": at, "number": f"INV-{1000 + at}", "customer_id": at % 5 + 1, "customer_name": "x", "status": status, "total": 4900,  # noqa: E501
         "status_at": "2026-10-05T09:00:00Z", "refunded": 0, "refundable": 4900, "currency": "EUR", "description": "Hosting",  # noqa: E501
         "issued_at": "2026-10-05T09:00:00Z", "due_at": "2026-10-05T09:00:00Z", "paid_at": None}
        for at, status in zip(range(1, 45), ("paid", "open", "overdue", "paid", "refunded") * 9, strict=False)
    ],
    "ticket": [
        {"id": 5500 + at, "subject": "Password reset fails", "customer_id": at % 5 + 1, "customer_name": "x", "agent_id": None,  # noqa: E501
         "agent_name": None, "assigned": False, "status": "open", "priority": "normal", "channel": "email",
         "opened_at": "2026-11-03T09:00:00Z", "closed_at": None}
        for at in range(30)
    ],
    "article": [{"slug": "how-to-reset-password", "title": "How to reset your password", "section": "Accounts", "language": "en",  # noqa: E501
                 "updated_at": "2026-01-01T00:00:00Z"}],
    "agent": [{"id": 1, "name": "Priya Raman", "email": "priya@example.com", "team": "support", "available": True,
               "joined_at": "2020-01-01T00:00:00Z"}],
}  # fmt: skip
EVERY_READER: Final[Mapping[str, tuple[str, Mapping[str, Any], Mapping[str, Any]]]] = {
    "book": ("Book a table or a meeting", {
        "start_time": {"type": "string", "format": "date-time", "description": "When it begins"},
        "date": {"type": "string", "format": "date", "description": "The day"},
        "time": {"type": "string", "description": "in HH:MM"},
        "minutes": {"type": "integer", "description": "How long"},
        "people": {"type": "integer", "minimum": 1, "description": "For how many people"},
        "city": {"type": "string", "description": "'City, State'"},
        "attendees": {"type": "array", "items": {"type": "string"}, "description": "Who comes"},
        "outside": {"type": "boolean", "description": "Whether outside"},
    }, {"minutes": {"unit": "minutes"}}),
    "order": ("Order dishes or goods", {
        "items": {"type": "array", "items": {"type": "string"}, "description": "The things"},
        "quantities": {"type": "array", "items": {"type": "integer"}, "description": "How many of each"},
        "size": {"type": "string", "enum": ["small", "medium", "large", "extra_large"]},
        "colors": {"type": "array", "items": {"type": "string", "enum": ["red", "green", "blue"]}},
        "discount": {"type": "number", "description": "Percent off"},
        "price": {"type": "number", "description": "Price in dollars"},
        "address": {"type": "string", "description": "Where to, with street and city"},
        "code": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]+$"},
    }, {"discount": {"unit": "percent"}}),
    "message": ("Send a message to somebody or add a note", {
        "to": {"type": "string", "format": "email", "description": "Who gets it"},
        "subject": {"type": "string", "description": "What it is about"},
        "message": {"type": "string", "description": "What it says"},
        "name": {"type": "string", "description": "The full name of the recipient"},
        "tags": {"type": "string", "description": "Comma separated labels"},
        "url": {"type": "string", "format": "uri"},
        "priority": {"type": "string", "enum": ["low", "normal", "urgent"]},
        "notify": {"type": "boolean", "description": "Whether to notify the customer (true) or not (false)"},
    }, {}),
}  # fmt: skip


class _NoClient:
    async def get_json(self, path: str, params: Mapping[str, str] | None = None) -> Any:  # noqa: ARG002
        raise AssertionError("nothing is asked of a platform here")

    async def read(self, request: PlatformRequest) -> PlatformAnswer:  # noqa: ARG002
        raise AssertionError("nothing is asked of a platform here")


def _contract(name: str, about: str, properties: Mapping[str, Any], annotations: Mapping[str, Any]) -> Contract:
    return parse(
        {
            "schema": "opsiq/contract/v1",
            "name": f"any.{name}",
            "title": about,
            "description": about + ".",
            "surfaces": ["admin"],
            "roles": ["owner"],
            "endpoint": {"url": "http://platform.example/act"},
            "annotations": dict(annotations),
            "parameters": {
                "type": "object",
                "additionalProperties": False,
                "properties": dict(properties),
                "required": list(properties)[:2],
            },
        }
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text came to, and the CPU seconds of the costliest of its readings: the text's own, one for each answer,
    one for the edit of the card."""

    verdict: Verdict
    cost_s: float

    @property
    def too_costly(self) -> bool:
        """Whether a budget was spent."""
        return isinstance(self.verdict, Refusal) and self.verdict.detail == TOO_COSTLY


@dataclass
class ReadingSetup:
    """What texts are read against."""

    catalogue: Catalogue
    kinds: Kinds
    budget_s: float = BUDGET_S
    resolver: RuleResolver = field(default_factory=RuleResolver)

    def __post_init__(self) -> None:
        self.context = WorkspaceContext("bench", self.catalogue, self.kinds, self.kinds)

    async def read(self, text: str, answers: Sequence[str] = ()) -> Reading:
        """The questions that come are answered, one by one, and the card is edited; each under a budget of its own, as
        a server has it."""
        made = await self._read(Task(Request(text=text, now=NOW), ACTOR, self.context, RUN))
        outcome, costs = made[0], [made[1]]
        for words in answers:
            given = self._answers(outcome, words)
            if not given or outcome.verdict == SPENT:
                break
            request = Request(text=text, now=NOW, answers=given)
            kept = not (isinstance(outcome.verdict, Question) and outcome.verdict.slot == "action")
            task = Task(
                request,
                ACTOR,
                self.context,
                RUN,
                drafts=outcome.drafts if kept else (),
                proposal=outcome.proposal if kept else None,
                must_wait="" if isinstance(outcome.verdict, Question) else "It was edited.",
            )
            outcome, cost_s = await self._read(task)
            costs.append(cost_s)
        return Reading(outcome.verdict, max(costs))

    @staticmethod
    def _answers(outcome: Outcome, words: str) -> tuple[Answer, ...]:
        said = words.strip() or "x"
        match outcome.verdict:
            case Question(slot="action", candidates=(first, *_)):
                return (Answer(slot="action", choice=first.id),)
            case Question(slot=slot):
                return (Answer(slot=slot, text=said),)
            case Plan(steps=steps):
                slots = [f"{at}.{each.param}" for at, step in enumerate(steps) for each in step.filled]
                return tuple(Answer(slot=slot, text=said) for slot in slots)
        return ()

    async def _read(self, task: Task) -> tuple[Outcome, float]:
        began = time.process_time()
        try:
            outcome = await cpu_budget.run_within(self.budget_s, propose(task, self.resolver))
        except cpu_budget.Exhausted:
            outcome = Outcome(SPENT)
        return outcome, time.process_time() - began


def contexts(budget_s: float = BUDGET_S) -> tuple[ReadingSetup, ...]:
    """The demo platform's contracts over records, and three contracts whose parameters need every reader there is."""
    saas = SaasConnector(_NoClient(), Settings("http://platform.example", {})).register_actions()
    every = [_contract(name, *declared) for name, declared in EVERY_READER.items()]
    rows = Rows(KINDS, {kind.name: ROWS.get(kind.name, []) for kind in KINDS})
    return (
        ReadingSetup(Catalogue(saas), Kinds([rows]), budget_s),
        ReadingSetup(Catalogue(every), Kinds([]), budget_s),
    )


def forget() -> None:
    """Everything that was remembered of earlier texts: a stranger's text is read by a process that has seen none like
    it."""
    for each in _remembering():
        each.cache_clear()


@cache
def _remembering() -> tuple[Any, ...]:
    """The caches of what texts hold, but for those of word lists and contracts, which every process has."""
    return tuple(
        each
        for each in gc.get_objects()
        if isinstance(each, _lru_cache_wrapper)
        and str(each.__module__).split(".")[0] in ("agent", "registry")
        and each.cache_parameters()["maxsize"] is not None
        and each.__name__ not in ("target_of", "_shape", "_remembered")
    )
