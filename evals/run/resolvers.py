"""Resolvers by name."""

from __future__ import annotations

from dataclasses import replace

from agent.resolve.model.client import ModelClient
from agent.resolve.model.resolver import Client, ProposingResolver
from agent.resolve.resolver import OFFLINE, Resolver
from agent.resolve.rules.resolver import RuleResolver
from core.errors import InvalidInput
from core.settings import Settings
from evals.run.cassette import Cassette, Recorded
from prompts import DEFAULT_VERSION, SECOND_READING_VERSION, versions


def find_prompt_version(name: str) -> str:
    """``v1`` or ``propose/v1`` → ``propose/v1``. Raises InvalidInput for an unknown version."""
    full = name if "/" in name else f"propose/{name}"
    asked_with = [each for each in versions() if each != SECOND_READING_VERSION]
    if full not in asked_with:
        raise InvalidInput(f"There is no prompt version {name!r}; there are {', '.join(asked_with)}.")
    return full


def make_resolver(
    name: str,
    settings: Settings,
    *,
    version: str = DEFAULT_VERSION,
    cassette: Cassette | None = None,
    replay: bool = False,
    take: int = 0,
) -> Resolver:
    """Makes a resolver by name. ``offline`` is the built-in one. Any other name is a model, asked where the settings
    say, or answered from the cassette; ``replay`` uses the cassette alone. A model has no fallbacks here, because it
    alone is measured."""
    if name == OFFLINE:
        return RuleResolver()
    client: Client = ModelClient(replace(settings, model=name, model_fallbacks=()))
    if cassette is not None:
        client = Recorded(cassette, None if replay else client, model=name, mode=settings.model_mode, take=take)
    return ProposingResolver(client, version=version)
