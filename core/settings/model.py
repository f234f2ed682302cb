"""Settings of the language model: which one is used, where, and how.

A new setting (such as a stop word) is one more field of ``ModelSettings``. If it goes to the model, it also needs a
line in ``request_parameters``: both clients in ``agent.resolve.model`` send everything there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from core import env_variable
from core.env_variable import Price, variable

ModelMode = Literal["json_schema", "tools", ""]
ModelForm = Literal["full", "plain", "auto"]


@dataclass(frozen=True, kw_only=True)
class ModelSettings:
    """Settings of the language model, a part of the server's ``Settings``: one field for each setting, with its
    variable, its unit if it has one, and its default.

    Without a ``model`` the offline resolver reads requests. A fallback of the same provider uses the same ``model_url``
    and ``model_key``. Another provider's fallback reads its own variable (``OPENAI_API_KEY``, …).
    """

    model: str = field(
        default="",
        metadata=variable(
            "OPSIQ_MODEL",
            "The model that resolves requests, as LiteLLM names it (`ollama/qwen3`). Empty: the offline resolver.",
            default="empty",
        ),
    )
    model_url: str = field(
        default="",
        metadata=variable(
            "OPSIQ_MODEL_URL",
            "The base address of an OpenAI-compatible server, where the model is not at its provider's own.",
            env_variable.address("http", "https"),
            default="the provider's own",
        ),
    )
    model_key: str = field(
        default="",
        repr=False,
        metadata=variable("OPSIQ_MODEL_KEY", "The model provider's key.", default="empty", secret=True),
    )
    model_mode: ModelMode = field(
        default="",
        metadata=variable(
            "OPSIQ_MODEL_MODE",
            "How the closed set is imposed on the model: `json_schema` or `tools`. Empty: what fits the provider.",
            env_variable.one_of("json_schema", "tools"),
            default="empty",
        ),
    )
    model_form: ModelForm = field(
        default="auto",
        metadata=variable(
            "OPSIQ_MODEL_FORM",
            "In which form a model answers: `full`, or `plain` for small models. `auto` asks a model on a server of "
            "one's own four small requests first; any other is asked in the full form.",
            env_variable.one_of("full", "plain", "auto"),
        ),
    )
    model_timeout_s: int = field(
        default=120,
        metadata=variable(
            "OPSIQ_MODEL_TIMEOUT_S", "How long one model call may take, in seconds.", env_variable.integer(1, 600)
        ),
    )
    model_retries: int = field(
        default=1,
        metadata=variable(
            "OPSIQ_MODEL_RETRIES",
            "How many more times a model is asked after an error of the network or the provider.",
            env_variable.integer(0, 5),
        ),
    )
    model_fallbacks: tuple[str, ...] = field(
        default=(),
        metadata=variable(
            "OPSIQ_MODEL_FALLBACKS",
            "Models to ask, in order, when the first does not answer; a comma-separated list.",
            env_variable.words,
            default="none",
        ),
    )
    model_prices: Mapping[str, Price] = field(
        default_factory=dict,
        metadata=variable(
            "OPSIQ_MODEL_PRICES",
            "US dollars a million tokens where LiteLLM knows no price: `model=prompt/completion`, comma-separated.",
            env_variable.prices,
            default="LiteLLM's own table",
        ),
    )

    @property
    def request_parameters(self) -> Mapping[str, Any]:
        """Parameters of every request to a model besides its messages, schema and token limit, with the names of
        OpenAI's API. LiteLLM translates them for other providers. A parameter that a server refuses is left out from
        then on."""
        return {"temperature": 0}
