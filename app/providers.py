"""Providers built from settings: the model client, the resolver, and the OpenID Connect issuer."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from agent.resolve.resolver import MODEL, OFFLINE, DeferredResolver, FallbackResolver, Resolver
from agent.sso.provider import Provider
from core.clock import Clock
from core.settings import Settings
from executors.http.issuer_client import IssuerClient
from executors.http.ssrf_guard import SsrfGuard

if TYPE_CHECKING:
    from agent.resolve.model.client import ModelClient


def build_model(settings: Settings) -> ModelClient | None:
    if not settings.model:
        return None
    from agent.resolve.model.client import ModelClient

    return ModelClient(settings)


def defer_resolver(chosen: Resolver | None, model: ModelClient | None) -> Resolver:
    """The resolver to read with, and the rules behind it: ``chosen``, else the model if there is one, else the rules.
    Made when it is first asked."""

    def make() -> Resolver:
        from agent.resolve.rules.resolver import RuleResolver

        first = chosen or build_resolver(model)
        return FallbackResolver(first, RuleResolver()) if first else RuleResolver()

    return DeferredResolver(chosen.name if chosen else MODEL if model else OFFLINE, make)


def build_resolver(model: ModelClient | None) -> Resolver | None:
    if model is None:
        return None
    from agent.resolve.model.form import FormChoice
    from agent.resolve.model.resolver import ProposingResolver

    return ProposingResolver(model, choice=FormChoice(model, model.settings.model_form, probes=model.is_own))


def name_issuer(settings: Settings) -> str:
    return settings.oidc_name or urlsplit(settings.oidc_issuer).hostname or ""


def build_issuer(settings: Settings, guard: SsrfGuard, clock: Clock) -> Provider | None:
    """The OpenID Connect issuer for sign-in, reached through the same SSRF guard as everything."""
    if not settings.oidc_issuer:
        return None
    return Provider(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        name=name_issuer(settings),
        redirect_uri=f"{settings.base_url}/sign-in/callback",
        client=IssuerClient(guard),
        clock=clock,
    )
