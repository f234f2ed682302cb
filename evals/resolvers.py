"""Which resolver a name stands for."""

from __future__ import annotations

from agent.resolve.offline import Offline
from agent.resolve.resolver import Resolver
from core.settings import Settings


def resolver(name: str, settings: Settings) -> Resolver:
    """``offline`` is the built-in one; any other name is a model's, asked where the settings say models are."""
    if name == "offline":
        return Offline()
    from agent.resolve.client import ModelClient, ModelSettings
    from agent.resolve.model import ModelResolver

    asked = ModelSettings(
        model=name,
        api_base=settings.model_url,
        api_key=settings.model_key,
        mode=settings.model_mode,
        timeout_s=settings.model_timeout_s,
        retries=settings.model_retries,
        fallbacks=settings.model_fallbacks,
        prices=settings.model_prices,
    )
    return ModelResolver(ModelClient(asked))
