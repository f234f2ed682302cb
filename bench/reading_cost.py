"""What the costliest texts cost to read: ``python -m bench.reading_cost [--texts N] [--seed S] [--budget-s B]``.

A cost-guided fuzzer over the whole reading path: a text is resolved and validated against records, and what is then
asked is answered with another such text. A third of the texts are made by a grammar of what people type and of what
breaks readers (quotes, commas, newlines, digits, brackets, unicode, "and", names, dates, with units repeated hundreds
of times), the others by mutations of the costliest so far and of plain requests. Each is read under a timer of CPU time
in the main thread, so that one that never ends is a finding and not a hang. Prints the worst, and how often the budget
was passed; exits with 1 if it ever was, or if anything was raised. SIGTERM ends a long campaign early, with what it has
found.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import heapq
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import _lru_cache_wrapper, cache
from typing import Any, Final

from agent.pipeline import Abstain, Answer, Ask, Calls, Draft, Plan, Question, Refusal, Request
from agent.resolve.rules.resolver import RuleResolver
from agent.validate import validate
from agent.validate.alternatives import choose_alternative
from connectors.saas import SaasConnector
from connectors.saas.kinds import KINDS
from core.actor import OWNER, Actor
from evals.cases.rows import Rows
from registry.catalogue import Catalogue
from registry.connector import Settings
from registry.contract import Contract, parse
from registry.offers.shortlist import Shortlist
from registry.records import Kinds

MAX_CHARS: Final = 4000
NOW: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ACTOR: Final = Actor("ws_bench", "mem_bench", "member", "Bea", OWNER, "bea")
STOP_S: Final = 5.0
KEPT: Final = 40

Verdict = Plan | Question | Refusal | Abstain


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


UNITS: Final = _parts(
    "refund|cancel|send|close|void|resend|create|add|find|set|make|book|change|update|not|never|do not|don't"
    "|without|please|could you|and|and then|then|or|but|if|unless|when|otherwise|else|if so|before|after"
    "|instead of|rather than|as well as|plus|along with|versus|Adam|Adam Novak|adam novak|Berta's|his|her|their"
    "|my|it|them|him|the one|that one|this|neither|both|each|every|all of|all|none|last|latest|first|the second"
    "|third to last|last but one|biggest|most recent|oldest|unpaid|paid|open|overdue|invoice|invoices"
    "|the invoice|ticket|tickets|customer|article|the customer of|the invoice of|invoice INV-1042|ticket 5519"
    "|number|#|id|no.|INV-1042|inv 1042|#5519|1042|12|3|1|0|007|1.234,56|1,234.56|1.5|½|-3|+5|20 dollars|€20|$5"
    "|20 %|half|a third of|two|twenty one|one hundred|million|a dozen|a couple of|twice|tomorrow|yesterday"
    "|next Friday|last month|in 3 days|2026-11-24|24 November 2026|November 24th|05/06/2023|11/24|at 3pm"
    "|half past three|noon|15:30|from Monday to Friday|between 1 and 2 pm|for two hours|90 minutes|until Friday"
    "|since May|this week|Oakland, California|Paris|New York|in Berlin|to London|a@b.org|www.b.org"
    "|https://b.org/x?y=1|called|named|titled|with subject|saying|about|regarding|of|for|to|from|in|on|at|by"
    "|with|the|a|an|is|has|Ada and Bob|red, green and blue|low|high|urgent|true|false|yes|no|off|enable|disable"
    "|X9|W12|A-B-C|camelCase|snake_case|we have not met|see you soon|thank you|hi|hello|dear Adam|how do I"
    '|what is|which|is it possible to|can you|"|\'|“|”|‘|’|`|«|»|"a"|\'b\'|"a "|""|"\n|\\"|,|;|.|!|?|:|-|–|—|…'
    "|(|)|[|]|{|}|<|>|/|\\|&|@|%|$|*|_|+|=|~|^||\n|\r\n|\n\n|\t| |  |\xa0|\u202f|\u200b|\u200d|\u202e|\ufeff"
    '|\x00|é|é|́|ß|İ|ﬁ|Ａ|Аdаm|日本語|مرحبا|😀|👩\u200d👩\u200d👧|Zoë\'s|+"|",|","|", "|","+"|" and "|\' and \'|, and'
    "|, then|. then|; and|,,|, ,|.,|,.|...|. . .|--|- -|((|))|()|[]|[1, 2]|(1, 2)|1,1,1|a,|a.|a;|a: b|x=1|1-2"
    "|1/2|1:2|1 000|a's|s'|'s|o'clock|O'Brien|Mr. B|J. Doe|U.S.A.|e.g.|i.e.|vs.|no"
)
FRAMES: Final = (
    "{}", "refund {}", "refund Adam {}", "{} refund Adam's last invoice", "refund Adam's {} invoice", "send {} to Adam",
    "close ticket {}", "book {} for tomorrow", "if {} then refund Adam", "refund Adam if {}", "do not {}",
    "refund 20 dollars of {}", 'note "{}" on ticket 5519',
    "send Adam a message saying {}", "set {} to {}", "find {}", "refund invoice {} and close ticket {}",
)  # fmt: skip
JOINTS: Final = ("", " ", " ", ", ", ",", " and ", "\n", "; ", ". ", "/", "-", '"', "'")
PLAIN: Final = (
    "refund Adam's last invoice", "refund 20 dollars of invoice INV-1042 because it was late",
    "close ticket 5519 and refund Berta", "send the article about passwords to the customer of ticket 5519",
    "void all unpaid invoices of Dora Quist",
    "if Adam has open invoices, refund the last one, otherwise close his ticket",
    "book a table for two tomorrow at 7pm in Oakland, California",
    'add a note saying "we haven\'t met, and I\'m sorry" to ticket 5520', "neither, leave it",
    "the one from last week, not the other", "order two burgers, a coke and three salads to 12 Main Street",
    "set the priority of tickets 5519, 5520 and 5521 to urgent",
)  # fmt: skip
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


@dataclass
class ReadingSetup:
    """What texts are read against."""

    catalogue: Catalogue
    kinds: Kinds
    shortlist: Shortlist = field(init=False)
    resolver: RuleResolver = field(default_factory=RuleResolver)

    def __post_init__(self) -> None:
        self.shortlist = Shortlist(self.catalogue.offers(OWNER, "admin"))

    async def read(self, text: str, answers: Sequence[str] = ()) -> Verdict:
        """What the text comes to; the questions that come are answered, one by one."""
        request = Request(text=text, now=NOW)
        resolved = (await self.resolver.resolve(request, self.shortlist, tuple(self.kinds))).resolution
        if isinstance(resolved, Abstain):
            return resolved
        if isinstance(resolved, Ask):
            chosen = resolved.question.candidates[0].id
            request = request.model_copy(update={"answers": (Answer(slot="action", choice=chosen),)})
            resolved = (await self.resolver.resolve(request, self.shortlist, tuple(self.kinds))).resolution
        if not isinstance(resolved, Calls):
            return Refusal(code="no_match", detail="")
        verdict, drafts = await choose_alternative(
            resolved,
            await self._checked(request, resolved.drafts),
            self.catalogue,
            lambda made: self._checked(request, made),
        )
        for words in answers:
            if not isinstance(verdict, Question):
                break
            answer = Answer(slot=verdict.slot, text=words.strip() or "x")
            request = request.model_copy(update={"answers": (*request.answers, answer)})
            verdict = await self._checked(request, drafts)
        if isinstance(verdict, Plan) and answers:  # an edit of the card
            slots = [f"{at}.{each.param}" for at, step in enumerate(verdict.steps) for each in step.filled]
            edits = tuple(Answer(slot=slot, text=answers[0].strip() or "x") for slot in slots)
            verdict = await self._checked(request.model_copy(update={"answers": (*request.answers, *edits)}), drafts)
        return verdict

    async def _checked(self, request: Request, drafts: Sequence[Draft]) -> Plan | Question | Refusal:
        return await validate(
            request,
            drafts,
            run_id="run_00000000000000000000000001",
            actor=ACTOR,
            catalogue=self.catalogue,
            kinds=self.kinds,
            confirmed_in_session=lambda _: False,
        )


def contexts() -> tuple[ReadingSetup, ...]:
    """The demo platform's contracts over records, and three contracts whose parameters need every reader there is."""
    saas = SaasConnector(_NoClient(), Settings("http://platform.example", {})).register_actions()
    every = [_contract(name, *declared) for name, declared in EVERY_READER.items()]
    rows = Rows(KINDS, {kind.name: ROWS.get(kind.name, []) for kind in KINDS})
    made = ReadingSetup(Catalogue(saas), Kinds([rows])), ReadingSetup(Catalogue(every), Kinds([]))
    _SETUPS[:] = made
    return made


class Texts:
    """Texts by chance, the costliest so far among what they are made of."""

    def __init__(self, chance: random.Random, *, short: bool = False) -> None:
        self.chance = chance
        self.goals = (
            (20, 40, 80, 80, 150, 150, 300, 300, 1000, MAX_CHARS)
            if short
            else (30, 100, 300, 1000, MAX_CHARS, MAX_CHARS)
        )
        self.guided = 0.25 if short else 0.65
        self.costly: list[tuple[float, str]] = []

    def learn(self, cost_s: float, text: str) -> None:
        (heapq.heappush if len(self.costly) < KEPT else heapq.heappushpop)(self.costly, (cost_s, text))

    def next(self) -> str:
        made = self._mutated() if self.costly and self.chance.random() < self.guided else self._made()
        return made[:MAX_CHARS] or "x"

    def short(self) -> str:
        """As an answer may be."""
        return self.next()[: self.chance.choice((40, 400, MAX_CHARS))]

    def _made(self) -> str:
        chance = self.chance
        goal = chance.choice(self.goals)
        mode = chance.random()
        if mode < 0.45:
            filled = self._repeated(goal)
        elif mode < 0.7:
            joint = chance.choice(JOINTS)
            filled = joint.join(chance.choices(UNITS, k=max(1, goal // 8)))
        elif mode < 0.9:
            filled = "".join(chance.choice(UNITS) + chance.choice(JOINTS) for _ in range(max(1, goal // 8)))
        else:
            filled = chance.choice(JOINTS).join(chance.choices(PLAIN, k=max(1, goal // 40)))
        frame = chance.choice(FRAMES)
        return frame.replace("{}", filled, 1).replace("{}", self._repeated(goal // 4))

    def _repeated(self, goal: int) -> str:
        chance = self.chance
        unit = chance.choice(JOINTS).join(chance.choices(UNITS, k=chance.choice((1, 1, 1, 2, 2, 3, 5))))
        unit += chance.choice(("", "", " ", ",", "\n"))
        head, tail = ("".join(chance.choices(UNITS, k=chance.choice((0, 0, 1, 2)))) for _ in range(2))
        return head + unit * max(1, goal // max(1, len(unit))) + tail

    def _mutated(self) -> str:
        chance = self.chance
        text = chance.choice(self.costly)[1] if chance.random() < 0.85 else chance.choice(PLAIN)
        for _ in range(chance.choice((1, 1, 2, 3))):
            a, b = sorted((chance.randint(0, len(text)), chance.randint(0, len(text))))
            match chance.randint(0, 6):
                case 0:
                    text = text[:a] + chance.choice(UNITS) + text[a:]
                case 1:
                    text = text[:a] + text[b:]
                case 2:
                    text = text[:a] + text[a:b] * chance.choice((2, 3, 20)) + text[b:]
                case 3:
                    other = chance.choice(self.costly)[1]
                    text = text[:a] + other[chance.randint(0, len(other)) :]
                case 4:
                    text = text[:a] + self._repeated(b - a) + text[b:]
                case 5:
                    text = text.replace(chance.choice(UNITS) or "a", chance.choice(UNITS))
                case _:
                    text = chance.choice(FRAMES).replace("{}", text[a:b] or text)
            text = text[:MAX_CHARS]
        return text


def forget() -> None:
    """Everything that was remembered of earlier texts: a stranger's text is read by a process that has seen none like
    it."""
    for each in _remembering():
        each.cache_clear()
    for context in _SETUPS:
        context.shortlist = Shortlist(context.shortlist.offers)


_SETUPS: Final[list[ReadingSetup]] = []


@cache
def _remembering() -> tuple[Any, ...]:
    """The caches of what texts hold, but for those of word lists and contracts, which every process has."""
    return tuple(
        each
        for each in gc.get_objects()
        if isinstance(each, _lru_cache_wrapper)
        and str(each.__module__).split(".")[0] in ("agent", "registry")
        and each.cache_parameters()["maxsize"] is not None
        and each.__name__ not in ("target_of", "_shape")
    )


class Stopped(BaseException):
    """The text was not read within STOP_S."""


@contextmanager
def stopped_after(limit_s: float) -> Iterator[None]:
    def stop(_number: int, _frame: object) -> None:
        raise Stopped

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


_ended: Final[list[int]] = []
"""The signals that have asked for the end of a campaign."""


@dataclass
class Measured:
    """What came of a campaign: the worst texts with their CPU seconds, and everything that was raised."""

    worst: list[tuple[float, int, str, tuple[str, ...]]] = field(default_factory=list)
    raised: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)
    over: int = 0
    total_s: float = 0.0


def campaign(
    count: int, seed: int, budget_s: float, *, most_s: float = 1e9, worst: int = 20, short: bool = False
) -> Measured:
    """Reads ``count`` texts, or as many as ``most_s`` seconds of CPU allow. ``short``: most of them as long as requests
    are."""
    chance = random.Random(seed)
    texts, every, made = Texts(chance, short=short), contexts(), Measured()
    with asyncio.Runner() as runner:
        for at in range(count):
            if made.total_s > most_s or _ended:
                break
            text = texts.next()
            answers = tuple(texts.short() for _ in range(chance.choice((0, 1, 2))))
            context = every[at % len(every)]
            forget()
            began = time.process_time()
            try:
                with stopped_after(STOP_S):
                    verdict = type(runner.run(context.read(text, answers))).__name__
            except Stopped:
                verdict = "Stopped"
            except Exception as error:
                verdict = type(error).__name__
                made.raised.append((repr(error)[:200], text, answers))
            took = time.process_time() - began
            made.total_s += took
            made.verdicts[verdict] += 1
            made.over += took > budget_s
            texts.learn(took, text)
            for each in answers:
                if took > budget_s / 2:
                    texts.learn(took, each)
            (heapq.heappush if len(made.worst) < worst else heapq.heappushpop)(made.worst, (took, at, text, answers))
    made.worst.sort(reverse=True)
    return made


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--budget-s", type=float, default=0.5)
    parser.add_argument(
        "--short", action="store_true", help="most texts as long as requests are: more of them in the same time"
    )
    parser.add_argument("--show", type=int, default=10, metavar="N", help="print the worst N")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, _: _ended.append(number))
    made = campaign(
        arguments.texts, arguments.seed, arguments.budget_s, worst=max(1, arguments.show), short=arguments.short
    )
    for took, at, text, answers in made.worst[: arguments.show]:
        print(f"{took:7.3f} s  #{at}  {len(text)} chars {text[:160]!r}")
        for each in answers:
            print(f"           answered ({len(each)} chars) {each[:120]!r}")
    for error, text, answers in made.raised[: arguments.show]:
        print(f"raised {error}: {text[:200]!r} {[each[:100] for each in answers]}")
    count = sum(made.verdicts.values())
    mean_ms = 1000 * made.total_s / max(1, count)
    print(
        f"{count} texts, seed {arguments.seed}: worst {made.worst[0][0]:.3f} s CPU, mean {mean_ms:.1f} ms, "
        f"{made.over} over {arguments.budget_s} s, {len(made.raised)} raised; {dict(made.verdicts.most_common())}"
    )
    return 1 if made.over or made.raised else 0


if __name__ == "__main__":
    sys.exit(main())
