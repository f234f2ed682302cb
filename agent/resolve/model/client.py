"""Model client: asks a model for one typed answer.

It uses HTTP if the server's address is given and the server speaks OpenAI's API (``openai_http``), and otherwise
LiteLLM and instructor (``litellm_client``). Its settings, and what goes to a model with every request, are
``core.settings.model``. Retries, fallbacks and the one repair are done here.

No prompt, answer or key appears in an error or a log line.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from agent.resolve.model import model_errors
from agent.resolve.model.answer_shape import AnswerShape
from agent.resolve.model.model_errors import ModelFailure
from agent.resolve.model.openai_http import OpenAiClient, serves
from agent.resolve.model.reply import CUT_OFF, Reply
from core import metrics
from core.errors import BadSetting, ModelMisbehaved, ModelUnavailable
from core.settings import ModelSettings
from core.traces import open_span

if TYPE_CHECKING:
    from agent.resolve.model.litellm_client import LiteLlmClient

Sleep = Callable[[float], Awaitable[None]]

MAX_TOKENS: Final = 512
FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 20.0
REASONING_TOKENS: Final = 8000
"""Additional tokens for a model that reasons before it answers."""


@dataclass(frozen=True, slots=True)
class Completion:
    """A model's answer.

    ``value`` is None if it refused. ``messages`` and ``text`` are the last messages sent and the last text received.
    Tokens, ``attempts`` (HTTP calls) and ``duration_ms`` are totals of all attempts. ``cost`` is US dollars as a
    decimal string, or None if the price is unknown.
    """

    value: Mapping[str, Any] | None
    text: str
    model: str
    mode: str
    messages: tuple[Mapping[str, Any], ...]
    tokens_in: int
    tokens_out: int
    cost: str | None
    duration_ms: float
    attempts: int
    notes: tuple[str, ...] = ()


class ModelClient:
    """Asks one model or its fallbacks for one typed answer. Safe to share between tasks. Connections stay open between
    calls only within ``async with``."""

    def __init__(
        self, settings: ModelSettings, *, sleep: Sleep = asyncio.sleep, timer: Callable[[], float] = time.perf_counter
    ) -> None:
        if not settings.model:
            raise BadSetting("OPSIQ_MODEL is empty: name a model as LiteLLM does, or use the offline resolver.")
        self.settings = settings
        self._sleep = sleep
        self._timer = timer
        self._direct = OpenAiClient(settings)
        self._libraries: LiteLlmClient | None = None
        self._reasoning: set[str] = set()

    @property
    def is_own(self) -> bool:
        """Whether the model runs on the owner's own server and is asked directly."""
        return serves(self.settings.model, self.settings.model_url)

    async def __aenter__(self) -> ModelClient:
        await self._direct.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._direct.__aexit__()

    async def complete(
        self,
        messages: Sequence[Mapping[str, str]],
        shape: AnswerShape,
        *,
        legal: str = "",
        max_tokens: int = MAX_TOKENS,
    ) -> Completion:
        """Asks for an answer of this ``shape``.

        An answer that doesn't fit is sent back once with what was wrong. ``legal`` lists the legal actions for that
        message. Raises ModelUnavailable if no model answered, ModelMisbehaved if the repair didn't fit either.
        """
        tally = _Usage(self._timer())
        misfit = False
        for model in (self.settings.model, *self.settings.model_fallbacks):
            way = await self._choose_client(model)
            fitting = "json_schema" if isinstance(way, OpenAiClient) else way.choose_mode(model)
            mode = self.settings.model_mode or fitting
            most = max_tokens + (REASONING_TOKENS if model in self._reasoning else 0)
            asked = _Asked(way, model, mode, shape, most)
            reply = await self._ask(asked, messages, tally)
            if reply is not None and reply.reasoned and model not in self._reasoning:
                self._reasoning.add(model)
                if reply.misfit == CUT_OFF:
                    tally.notes.append(f"{model}: thought longer than its answer may be, and was asked with more room")
                    asked = replace(asked, max_tokens=max_tokens + REASONING_TOKENS)
                    reply = await self._ask(asked, messages, tally)
            if reply is not None and reply.misfit is not None:
                tally.notes.append(f"{model}: asked once more ({reply.misfit})")
                again = model_errors.repair(messages, reply.text, reply.misfit, legal)
                reply = await self._ask(asked, again, tally)
            if reply is not None and reply.misfit is None:
                return self._make_completion(asked, reply, tally)
            misfit = reply is not None
            if misfit:
                tally.notes.append(f"{model}: its answer fits no offered action")
        if misfit:
            raise ModelMisbehaved(
                f"{'; '.join(tally.notes)}. Try another OPSIQ_MODEL_MODE, a more able model, or the offline resolver."
            )
        raise ModelUnavailable(f"No model answered: {'; '.join(tally.notes)}.")

    async def _choose_client(self, model: str) -> OpenAiClient | LiteLlmClient:
        """A fallback of the same provider has the same address."""
        if all(serves(each, self.settings.model_url) for each in (model, self.settings.model)):
            return self._direct
        if self._libraries is None:
            self._libraries = await asyncio.to_thread(_load, self.settings)
        return self._libraries

    async def _ask(self, asked: _Asked, messages: Sequence[Mapping[str, str]], tally: _Usage) -> Reply | None:
        """One reply of one model, with retries. None if the retries ran out."""
        model = asked.model
        for attempt in range(self.settings.model_retries + 1):
            with open_span("model", model=model, attempt=attempt + 1):
                outcome = await self._ask_once(asked, messages, tally)
            metrics.MODEL_CALLS.labels(model, "answered" if isinstance(outcome, Reply) else "failed").inc()
            if isinstance(outcome, Reply):
                tally.tokens_in += outcome.tokens_in
                tally.tokens_out += outcome.tokens_out
                metrics.MODEL_TOKENS.labels(model, "in").inc(outcome.tokens_in)
                metrics.MODEL_TOKENS.labels(model, "out").inc(outcome.tokens_out)
                return outcome
            tally.notes.append(f"{model}: {outcome.why}")
            if not outcome.again or attempt == self.settings.model_retries:
                return None
            pause = FIRST_PAUSE_S * 2**attempt if outcome.after_s is None else outcome.after_s
            await self._sleep(min(pause, LONGEST_PAUSE_S))
        return None

    async def _ask_once(
        self, asked: _Asked, messages: Sequence[Mapping[str, str]], tally: _Usage
    ) -> Reply | ModelFailure:
        """Asks once. If the provider rejects a parameter, it is left out from now on."""
        while True:
            tally.attempts += 1
            outcome = await asked.ask_once(messages)
            if not isinstance(outcome, ModelFailure) or not outcome.parameter:
                return outcome
            if not isinstance(asked.way, OpenAiClient) or not asked.way.leave_out(asked.model, outcome.parameter):
                return outcome

    def _make_completion(self, asked: _Asked, reply: Reply, tally: _Usage) -> Completion:
        return Completion(
            value=None if reply.refused else reply.value,
            text=reply.text,
            model=asked.model,
            mode=asked.mode,
            messages=tuple(reply.messages),
            tokens_in=tally.tokens_in,
            tokens_out=tally.tokens_out,
            cost=self._compute_cost(asked, tally),
            duration_ms=(self._timer() - tally.began) * 1000,
            attempts=tally.attempts,
            notes=tuple(tally.notes),
        )

    def _compute_cost(self, asked: _Asked, tally: _Usage) -> str | None:
        known = None if isinstance(asked.way, OpenAiClient) else asked.way.find_price(asked.model)
        price = self.settings.model_prices.get(asked.model) or known
        if price is None:
            return None
        total = (price[0] * tally.tokens_in + price[1] * tally.tokens_out) / 1_000_000
        return f"{total.normalize():f}"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request to one model: how to reach the model, and the shape of its answer."""

    way: OpenAiClient | LiteLlmClient
    model: str
    mode: str
    shape: AnswerShape
    max_tokens: int

    async def ask_once(self, messages: Sequence[Mapping[str, str]]) -> Reply | ModelFailure:
        return await self.way.ask(self.model, self.mode, messages, self.shape, self.max_tokens)


@dataclass(slots=True)
class _Usage:
    began: float
    attempts: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    notes: list[str] = field(default_factory=list)


def _load(settings: ModelSettings) -> LiteLlmClient:
    from agent.resolve.model.litellm_client import LiteLlmClient

    return LiteLlmClient(settings)
