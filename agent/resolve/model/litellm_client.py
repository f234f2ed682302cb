"""LiteLLM client: reaches any provider, while instructor makes the answer fit a type. No other module imports either.

Both are imported at the first call, because LiteLLM costs seconds and 200 MB. Before that, switches stop LiteLLM from
asking the network for prices and from reading a ``.env``. Both try once only: ``client`` does the retries.

No prompt, answer or key appears in an error or a log line. Both libraries put them there, so their loggers are silenced
and their exceptions are replaced, not chained.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import os
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, model_validator

from agent.resolve.model import model_errors
from agent.resolve.model.answer_shape import DOES_NOT_FIT, AnswerShape
from agent.resolve.model.model_errors import ModelFailure
from agent.resolve.model.reply import UNREADABLE, Reply, make_reply
from core.settings import ModelSettings

Price = tuple[Decimal, Decimal]

# Servers that accept a JSON Schema, although LiteLLM's table doesn't know the models behind them.
_SCHEMA_PROVIDERS: Final = frozenset(
    {"openai", "azure", "hosted_vllm", "vllm", "llamafile", "lm_studio", "ollama", "ollama_chat", "openai_like"}
)
_LOGGERS: Final = ("LiteLLM", "LiteLLM Proxy", "LiteLLM Router", "instructor", "openai", "httpx", "httpcore")


class LiteLlmClient:
    """LiteLLM and instructor, imported. The address and key in the settings belong to the provider of their model.
    Other providers use their own."""

    def __init__(self, settings: ModelSettings) -> None:
        self._loaded = _load_libraries()
        self._settings = settings

    def choose_mode(self, model: str) -> str:
        """Chooses how an answer is made to fit: by a schema if the provider accepts recursive ones, or else by a forced
        tool call. Anthropic's strict schemas can't be recursive, its tool schemas can."""
        known = self._loaded.litellm
        if self._find_provider(model) == "anthropic" or "claude" in model:
            return "tools"
        if self._find_provider(model) in _SCHEMA_PROVIDERS or known.supports_response_schema(model=model):
            return "json_schema"
        return "tools"

    def find_price(self, model: str) -> Price | None:
        """The price in US dollars per million tokens, in and out, if LiteLLM knows it."""
        table = self._loaded.litellm.model_cost
        known = table.get(model) or table.get(model.partition("/")[2]) or {}
        each = [known.get(name) for name in ("input_cost_per_token", "output_cost_per_token")]
        if None in each:
            return None
        return Decimal(str(each[0])) * 1_000_000, Decimal(str(each[1])) * 1_000_000

    async def ask(
        self,
        model: str,
        mode: str,
        messages: Sequence[Mapping[str, str]],
        shape: AnswerShape,
        max_tokens: int,
    ) -> Reply | ModelFailure:
        """One reply, or why there is none. Raises nothing."""
        seen = _Seen()
        loaded = self._loaded
        client = loaded.instructor.from_litellm(
            loaded.litellm.acompletion,
            mode=loaded.instructor.Mode.JSON_SCHEMA if mode == "json_schema" else loaded.instructor.Mode.TOOLS,
        )
        client.on("completion:kwargs", seen.sent)
        client.on("completion:response", seen.came)
        value: dict[str, Any] | None = None
        fault: str | None = None
        failure: ModelFailure | None = None
        try:
            async with asyncio.timeout(self._settings.model_timeout_s):
                # Never use instructor's ``context=``: it would render Jinja in the person's words.
                made = await client.chat.completions.create(
                    model=model,
                    messages=[dict(message) for message in messages],
                    response_model=_make_type(shape),
                    max_retries=0,
                    num_retries=0,
                    max_tokens=max_tokens,
                    timeout=self._settings.model_timeout_s,
                    drop_params=True,
                    **self._settings.request_parameters,
                    **self._make_access(model),
                )
                value = made.model_dump()
        except TimeoutError:
            failure = ModelFailure(f"no answer within {self._settings.model_timeout_s:g} s", again=True)
        except Exception as error:
            if seen.response is not None:
                fault = model_errors.describe_fault(error)
            else:
                known = loaded.litellm.exceptions
                failure = model_errors.make_failure(
                    known, model_errors.unwrap(known, error), self._settings.model_timeout_s
                )
        if failure is not None:
            return Reply(None, seen.messages, refused=True) if failure.refused else failure
        try:
            return make_reply(seen.response, value, seen.messages, fault)
        except UNREADABLE:
            return model_errors.NO_COMPLETION

    def _make_access(self, model: str) -> dict[str, str]:
        if self._find_provider(model) != self._find_provider(self._settings.model):
            return {}
        given = {"api_base": self._settings.model_url, "api_key": self._settings.model_key}
        if given["api_base"] and not given["api_key"]:
            given["api_key"] = "none"  # local servers need no key, but the client library needs a value
        return {name: value for name, value in given.items() if value}

    def _find_provider(self, model: str) -> str:
        try:
            return str(self._loaded.litellm.get_llm_provider(model)[1])
        except Exception:
            return model.partition("/")[0]


class _Answer(BaseModel):
    """A model's answer as instructor takes it: held to the schema of one request, and checked as it is validated."""

    model_config = ConfigDict(extra="allow")
    shape: ClassVar[AnswerShape]

    @model_validator(mode="before")
    @classmethod
    def _check(cls, value: Any) -> Any:
        if isinstance(value, dict) and cls.shape.find_fault(value) is not None:
            raise ValueError(DOES_NOT_FIT)
        return value

    @classmethod
    def model_json_schema(cls, *_: Any, **__: Any) -> dict[str, Any]:
        return cls.shape.titled_schema


def _make_type(shape: AnswerShape) -> type[_Answer]:
    return type(shape.name, (_Answer,), {"shape": shape, "__module__": __name__})


class _Loaded:
    def __init__(self, litellm: Any, instructor: Any) -> None:
        self.litellm = litellm
        self.instructor = instructor


class _Seen:
    """What instructor and LiteLLM exchanged."""

    def __init__(self) -> None:
        self.messages: list[Mapping[str, Any]] = []
        self.response: Any = None

    def sent(self, *_: Any, **arguments: Any) -> None:
        self.messages = list(arguments.get("messages") or ())

    def came(self, response: Any) -> None:
        self.response = response


@functools.cache
def _load_libraries() -> _Loaded:
    """Imports both, quietly and offline. Takes seconds the first time."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    os.environ["LITELLM_MODE"] = "PRODUCTION"
    import instructor
    import litellm

    litellm.suppress_debug_info = True
    litellm.telemetry = False
    litellm.turn_off_message_logging = True
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return _Loaded(litellm, instructor)
