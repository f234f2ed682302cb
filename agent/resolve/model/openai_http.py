"""OpenAI-compatible HTTP client: one POST to chat completions, without a library.

It serves only a server whose address is given (llama.cpp, vLLM, LM Studio, a gateway). All other providers need
LiteLLM, which costs seconds at its first use, 200 MB, and several milliseconds a request. Questions and answer types
are the same both ways (tests/integration/model).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from pydantic_core import to_json

from agent.resolve.model import model_errors
from agent.resolve.model.answer_shape import AnswerShape
from agent.resolve.model.model_errors import ModelFailure
from agent.resolve.model.reply import CUT_OFF, UNREADABLE, Reply, cut_off, make_reply, text_of
from core.settings import ModelSettings

if TYPE_CHECKING:
    import aiohttp

PROVIDER: Final = "openai/"
"""Prefix of a model's name on such a server, as in LiteLLM."""
MOST_BYTES: Final = 4 * 1024 * 1024
KEEP_ALIVE_S: Final = 4.0
"""Shorter than the usual limit of servers (5 s and more), so that a request seldom gets a connection that is being
closed."""
# Providers whose models differ in what they accept (no temperature, other names for limits). LiteLLM knows these
# differences.
_HOSTED: Final = ("openai.com", "azure.com", "googleapis.com")


def serves(model: str, api_base: str) -> bool:
    """Whether HTTP alone can ask a model: it speaks OpenAI's API, at an address that isn't a large provider's."""
    host = urlsplit(api_base).hostname or ""
    return (
        bool(host)
        and model.startswith(PROVIDER)
        and not any(host == each or host.endswith("." + each) for each in _HOSTED)
    )


class OpenAiClient:
    """Asks the server at ``model_url``. Within ``async with`` calls share connections, which close at its end. Outside,
    each call opens and closes its own."""

    def __init__(self, settings: ModelSettings) -> None:
        self._url = f"{settings.model_url.rstrip('/')}/chat/completions"
        self._headers = {
            "Authorization": f"Bearer {settings.model_key or 'none'}",
            "Content-Type": "application/json",
        }
        self._timeout_s = settings.model_timeout_s
        self._parameters = settings.request_parameters
        self._not_taken: dict[str, frozenset[str]] = {}
        self._keeps = False
        self._kept: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> OpenAiClient:
        self._keeps = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self._keeps = False
        kept, self._kept = self._kept, None
        if kept is not None:
            await kept.close()

    async def ask(
        self,
        model: str,
        mode: str,
        messages: Sequence[Mapping[str, str]],
        shape: AnswerShape,
        max_tokens: int,
    ) -> Reply | ModelFailure:
        """One reply, or why there is none. Raises nothing."""
        sent = [dict(message) for message in messages]
        body = {
            "model": model.removeprefix(PROVIDER),
            "messages": sent,
            **self._make_parameters(model, max_tokens),
            **_make_form(mode, shape),
        }
        came = await self._post(body)
        if isinstance(came, ModelFailure):
            return Reply(None, sent, refused=True) if came.refused else came
        try:
            value, fault = _read_answer(came, shape)
            return make_reply(came, value, sent, fault)
        except UNREADABLE:
            return model_errors.NO_COMPLETION

    def leave_out(self, model: str, parameter: str) -> bool:
        """Leaves a parameter out from now on. False if it is left out already, or can't be."""
        known = self._not_taken.get(model, frozenset())
        if parameter in known or parameter not in {*self._parameters, "max_tokens"}:
            return False
        self._not_taken[model] = known | {parameter}
        return True

    def _make_parameters(self, model: str, max_tokens: int) -> dict[str, Any]:
        """The request's parameters. Reasoning models take no temperature and have another name for the token limit."""
        not_taken = self._not_taken.get(model, frozenset())
        most = "max_completion_tokens" if "max_tokens" in not_taken else "max_tokens"
        return {**{name: value for name, value in self._parameters.items() if name not in not_taken}, most: max_tokens}

    async def _post(self, body: Mapping[str, Any]) -> Any:
        import aiohttp

        failure: ModelFailure
        try:
            async with asyncio.timeout(self._timeout_s), self._borrow_session() as session:
                try:
                    return await self._read_reply(session, body)
                except aiohttp.ServerDisconnectedError:
                    if not self._keeps:
                        raise
                    return await self._read_reply(session, body)  # the server had closed a kept connection
        except TimeoutError:
            failure = ModelFailure(f"no answer within {self._timeout_s:g} s", again=True)
        except aiohttp.ClientError:
            failure = model_errors.NO_CONNECTION
        except (ValueError, RecursionError):  # no JSON, or too deeply nested
            failure = ModelFailure("the provider's answer is no JSON; check OPSIQ_MODEL_URL", again=False)
        return failure

    async def _read_reply(self, session: aiohttp.ClientSession, body: Mapping[str, Any]) -> Any:
        async with session.post(self._url, data=to_json(body), headers=self._headers, allow_redirects=False) as answer:
            said = await _read_whole(answer.content)
            if said is None:
                return ModelFailure(f"the provider's answer has more than {MOST_BYTES} bytes", again=False)
            if answer.status != 200:
                return model_errors.make_status_failure(answer.status, answer.headers, said)
            return json.loads(said, object_hook=lambda each: SimpleNamespace(**each))

    @asynccontextmanager
    async def _borrow_session(self) -> AsyncIterator[aiohttp.ClientSession]:
        if not self._keeps:
            async with _open_session(self._url) as session:
                yield session
            return
        if self._kept is None:
            self._kept = _open_session(self._url)
        yield self._kept


def _open_session(url: str) -> aiohttp.ClientSession:
    """Opens a session. The owner sets the address, so a proxy from the environment is the owner's too. The key comes
    from the settings, whatever a .netrc says. aiohttp would look up both in a thread for each request."""
    import aiohttp

    to = urlsplit(url)
    proxy = None if proxy_bypass(to.hostname or "") else getproxies().get(to.scheme)
    connector = aiohttp.TCPConnector(keepalive_timeout=KEEP_ALIVE_S)
    # Nothing is decompressed: a few bytes could fill the memory with gigabytes before MOST_BYTES is checked.
    return aiohttp.ClientSession(
        connector=connector, proxy=proxy, auto_decompress=False, headers={"Accept-Encoding": "identity"}
    )


async def _read_whole(stream: aiohttp.StreamReader) -> bytes | None:
    """The whole body, in however many chunks it comes. None if it exceeds MOST_BYTES."""
    said = bytearray()
    async for piece in stream.iter_any():
        said += piece
        if len(said) > MOST_BYTES:
            return None
    return bytes(said)


def _make_form(mode: str, shape: AnswerShape) -> dict[str, Any]:
    """How the server makes its answer fit the shape."""
    schema, name = shape.titled_schema, shape.name
    if mode == "json_schema":
        return {
            "response_format": {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}}
        }
    tool = {"type": "function", "function": {"name": name, "parameters": schema}}
    return {"tools": [tool], "tool_choice": {"type": "function", "function": {"name": name}}}


def _read_answer(response: Any, shape: AnswerShape) -> tuple[Mapping[str, Any] | None, str | None]:
    """The answer, or what is wrong with it. A server without schema support may put its JSON in a code fence."""
    text = text_of(response).rpartition("</think>")[2]
    if cut_off(response):
        return None, CUT_OFF
    start, end = text.find("{"), text.rfind("}")
    return shape.read(text[start : end + 1] if 0 <= start < end else text)
