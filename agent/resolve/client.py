"""The one door to a model: LiteLLM reaches the provider, instructor holds the answer to a type. Nothing else imports
either.

Both are imported with the first call (LiteLLM costs seconds and 200 MB), after the switches that keep LiteLLM from
asking the network for prices and from reading a ``.env``. Retries, fallbacks and the one repair are ours: LiteLLM and
instructor are told to try once.

A prompt, an answer or a key never stands in an error or a log line: both libraries put them there, so their loggers
are shut and what they raise is replaced, not chained.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import os
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Generic, Literal, TypeVar

from pydantic import BaseModel

from agent.resolve import faults
from agent.resolve.faults import Failure, says_no
from core import meters
from core.errors import BadSetting, ModelMisbehaved, ModelUnavailable
from core.traces import span

Mode = Literal["json_schema", "tools", ""]
Price = tuple[Decimal, Decimal]
Sleep = Callable[[float], Awaitable[None]]
T = TypeVar("T", bound=BaseModel)

MAX_TOKENS: Final = 512
FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 20.0

# Servers that take a JSON Schema for the answer though LiteLLM's table doesn't know the model behind them.
_SCHEMA_PROVIDERS: Final = frozenset(
    {"openai", "azure", "hosted_vllm", "vllm", "llamafile", "lm_studio", "ollama", "ollama_chat", "openai_like"}
)
_LOGGERS: Final = ("LiteLLM", "LiteLLM Proxy", "LiteLLM Router", "instructor", "openai", "httpx", "httpcore")


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which model is asked and how. ``retries`` are further tries of one model after an error of the network or the
    provider; ``fallbacks`` are asked in order when a model is given up. A fallback of the same provider uses
    ``api_base`` and ``api_key`` too, another provider's reads its own variable (``OPENAI_API_KEY``, …). ``prices`` are
    US dollars a million tokens, in and out."""

    model: str
    api_base: str = ""
    api_key: str = field(default="", repr=False)
    mode: Mode = ""
    timeout_s: float = 30
    retries: int = 1
    fallbacks: tuple[str, ...] = ()
    prices: Mapping[str, Price] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.model:
            raise BadSetting("OPSIQ_MODEL is empty: name a model as LiteLLM does, or use the offline resolver.")


@dataclass(frozen=True, slots=True)
class Completion(Generic[T]):
    """What a model answered. ``value`` is None when it refused. ``messages`` and ``text`` are exactly what was sent
    last and what came back last; tokens, ``attempts`` (HTTP calls) and ``duration_ms`` count everything on the way.
    ``cost`` is US dollars as a decimal string, None when the price is unknown."""

    value: T | None
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
    """Asks one model, or its fallbacks, for one typed answer. Safe to share between tasks; holds no connection of its
    own."""

    def __init__(
        self, settings: ModelSettings, *, sleep: Sleep = asyncio.sleep, timer: Callable[[], float] = time.perf_counter
    ) -> None:
        self.settings = settings
        self._sleep = sleep
        self._timer = timer

    async def complete(
        self, messages: Sequence[Mapping[str, str]], shape: type[T], *, legal: str = "", max_tokens: int = MAX_TOKENS
    ) -> Completion[T]:
        """The model's answer as a ``shape``. One that fits it not is sent back once with what was wrong; ``legal``
        lists the legal actions for that message. Raises ModelUnavailable when no model answered, ModelMisbehaved when
        the repair didn't fit either."""
        loaded = await asyncio.to_thread(_libraries)
        tally = _Tally(self._timer())
        misfit = False
        for model in (self.settings.model, *self.settings.fallbacks):
            reply = await self._ask(loaded, model, messages, shape, max_tokens, tally)
            if reply is not None and reply.misfit is not None:
                tally.notes.append(f"{model}: asked once more ({reply.misfit})")
                again = faults.repair(messages, reply.text, reply.misfit, legal)
                reply = await self._ask(loaded, model, again, shape, max_tokens, tally)
            if reply is not None and reply.misfit is None:
                return self._completion(loaded, model, reply, tally)
            misfit = reply is not None
            if misfit:
                tally.notes.append(f"{model}: its answer fits no offered action")
        if misfit:
            raise ModelMisbehaved(
                f"{'; '.join(tally.notes)}. Try another OPSIQ_MODEL_MODE, a more able model, or the offline resolver."
            )
        raise ModelUnavailable(f"No model answered: {'; '.join(tally.notes)}.")

    async def _ask(
        self,
        loaded: _Libraries,
        model: str,
        messages: Sequence[Mapping[str, str]],
        shape: type[T],
        max_tokens: int,
        tally: _Tally,
    ) -> _Reply[T] | None:
        """One reply of one model with its retries, or None when it is given up."""
        for attempt in range(self.settings.retries + 1):
            tally.attempts += 1
            with span("model", model=model, attempt=attempt + 1):
                outcome = await self._once(loaded, model, messages, shape, max_tokens)
            meters.MODEL_CALLS.labels(model, "answered" if isinstance(outcome, _Reply) else "failed").inc()
            if isinstance(outcome, _Reply):
                tally.tokens_in += outcome.tokens_in
                tally.tokens_out += outcome.tokens_out
                meters.MODEL_TOKENS.labels(model, "in").inc(outcome.tokens_in)
                meters.MODEL_TOKENS.labels(model, "out").inc(outcome.tokens_out)
                return outcome
            tally.notes.append(f"{model}: {outcome.why}")
            if not outcome.again or attempt == self.settings.retries:
                return None
            pause = FIRST_PAUSE_S * 2**attempt if outcome.after_s is None else outcome.after_s
            await self._sleep(min(pause, LONGEST_PAUSE_S))
        return None

    async def _once(
        self, loaded: _Libraries, model: str, messages: Sequence[Mapping[str, str]], shape: type[T], max_tokens: int
    ) -> _Reply[T] | Failure:
        mode = self.settings.mode or _mode_for(loaded, model)
        seen = _Seen()
        client = loaded.instructor.from_litellm(
            loaded.litellm.acompletion,
            mode=loaded.instructor.Mode.JSON_SCHEMA if mode == "json_schema" else loaded.instructor.Mode.TOOLS,
        )
        client.on("completion:kwargs", seen.sent)
        client.on("completion:response", seen.came)
        value: T | None = None
        fault: str | None = None
        failure: Failure | None = None
        try:
            async with asyncio.timeout(self.settings.timeout_s):
                # Never instructor's ``context=``: it would render Jinja in the person's words.
                value = await client.chat.completions.create(
                    model=model,
                    messages=[dict(message) for message in messages],
                    response_model=shape,
                    max_retries=0,
                    num_retries=0,
                    temperature=0,
                    max_tokens=max_tokens,
                    timeout=self.settings.timeout_s,
                    drop_params=True,
                    **self._door(loaded, model),
                )
        except TimeoutError:
            failure = Failure(f"no answer within {self.settings.timeout_s:g} s", again=True)
        except Exception as error:
            known = loaded.litellm.exceptions
            cause = faults.original(known, error)
            if seen.response is not None:
                fault = faults.fault(error)
            elif isinstance(cause, known.ContentPolicyViolationError):
                return _Reply(None, mode, seen, None, refused=True)
            else:
                failure = faults.failure(known, cause, self.settings.timeout_s)
        if failure is not None:
            return failure
        return _Reply(value, mode, seen, fault)

    def _door(self, loaded: _Libraries, model: str) -> dict[str, str]:
        if _provider(loaded, model) != _provider(loaded, self.settings.model):
            return {}
        given = {"api_base": self.settings.api_base, "api_key": self.settings.api_key}
        if given["api_base"] and not given["api_key"]:
            given["api_key"] = "none"  # local servers want no key, the client library wants a word
        return {name: value for name, value in given.items() if value}

    def _completion(self, loaded: _Libraries, model: str, reply: _Reply[T], tally: _Tally) -> Completion[T]:
        return Completion(
            value=None if reply.refused else reply.value,
            text=reply.text,
            model=model,
            mode=reply.mode,
            messages=tuple(reply.messages),
            tokens_in=tally.tokens_in,
            tokens_out=tally.tokens_out,
            cost=self._cost(loaded, model, tally),
            duration_ms=(self._timer() - tally.began) * 1000,
            attempts=tally.attempts,
            notes=tuple(tally.notes),
        )

    def _cost(self, loaded: _Libraries, model: str, tally: _Tally) -> str | None:
        price = self.settings.prices.get(model) or _known_price(loaded, model)
        if price is None:
            return None
        total = (price[0] * tally.tokens_in + price[1] * tally.tokens_out) / 1_000_000
        return f"{total.normalize():f}"


class _Libraries:
    """The two libraries, loaded."""

    def __init__(self, litellm: Any, instructor: Any) -> None:
        self.litellm = litellm
        self.instructor = instructor


@dataclass(slots=True)
class _Tally:
    began: float
    attempts: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    notes: list[str] = field(default_factory=list)


class _Seen:
    """What passed between instructor and LiteLLM."""

    def __init__(self) -> None:
        self.messages: list[Mapping[str, Any]] = []
        self.response: Any = None

    def sent(self, *_: Any, **arguments: Any) -> None:
        self.messages = list(arguments.get("messages") or ())

    def came(self, response: Any) -> None:
        self.response = response


class _Reply(Generic[T]):
    """One reply. ``misfit`` says what was wrong with it where it fits the shape not; a refusal is no misfit."""

    def __init__(self, value: T | None, mode: str, seen: _Seen, fault: str | None, *, refused: bool = False) -> None:
        self.value = value
        self.mode = mode
        self.messages = seen.messages
        choice = seen.response.choices[0] if getattr(seen.response, "choices", None) else None
        message = getattr(choice, "message", None)
        calls = getattr(message, "tool_calls", None) or ()
        self.text: str = (calls[0].function.arguments if calls else getattr(message, "content", None)) or ""
        declined = getattr(message, "refusal", None) or getattr(choice, "finish_reason", None) == "content_filter"
        self.refused = refused or bool(declined) or (fault is not None and says_no(self.text))
        self.misfit = None if self.refused else fault
        usage = getattr(seen.response, "usage", None)
        self.tokens_in = int(getattr(usage, "prompt_tokens", 0) or 0)
        self.tokens_out = int(getattr(usage, "completion_tokens", 0) or 0)


@functools.cache
def _libraries() -> _Libraries:
    """Imports both, quietly and offline. Seconds the first time."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    os.environ["LITELLM_MODE"] = "PRODUCTION"
    import instructor
    import litellm

    litellm.suppress_debug_info = True
    litellm.telemetry = False
    litellm.turn_off_message_logging = True
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return _Libraries(litellm, instructor)


def _provider(loaded: _Libraries, model: str) -> str:
    try:
        return str(loaded.litellm.get_llm_provider(model)[1])
    except Exception:
        return model.partition("/")[0]


def _known_price(loaded: _Libraries, model: str) -> Price | None:
    table = loaded.litellm.model_cost
    known = table.get(model) or table.get(model.partition("/")[2]) or {}
    each = [known.get(name) for name in ("input_cost_per_token", "output_cost_per_token")]
    if None in each:
        return None
    return Decimal(str(each[0])) * 1_000_000, Decimal(str(each[1])) * 1_000_000


def _mode_for(loaded: _Libraries, model: str) -> str:
    """A schema for the answer where the provider has that, a forced tool call elsewhere."""
    if _provider(loaded, model) in _SCHEMA_PROVIDERS or loaded.litellm.supports_response_schema(model=model):
        return "json_schema"
    return "tools"
