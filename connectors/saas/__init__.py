"""The demo platform's connector: customers, invoices, subscriptions, tickets, and their actions."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from typing import Final

from connectors.saas import inbound as webhooks
from connectors.saas.context import SaasRecords
from connectors.saas.identity import SaasIdentities
from connectors.saas.mirror import SaasMirror
from core import canon
from core.errors import BadAssertion
from registry import contract
from registry.connector import Connector, Event, IdentityProvider, Inbound
from registry.contract import Contract
from registry.contract_file import with_base_url
from registry.record_cache import RecordSource
from registry.records import ContextProvider

IDENTITY_SECRET: Final = "identity_secret"  # noqa: S105 - the secret's name


class SaasConnector(Connector):
    """Connector that reads live records, provides states for the record cache, verifies people, receives webhooks, and
    proposes the contracts of ``actions.json``.

    Secrets by name: ``identity_secret`` (at least 32 bytes; without it no identity is accepted) and ``webhook_secret``
    (``whsec_…``; without it no webhook is accepted). ``read_token`` and ``action_secret`` are used by the clients that
    read and call the platform.
    """

    name = "saas"
    title = "SaaS platform"

    def identity_providers(self) -> Sequence[IdentityProvider]:
        secret = self.settings.secrets.get(IDENTITY_SECRET)
        return (SaasIdentities(secret),) if secret else ()

    def context_providers(self) -> Sequence[ContextProvider]:
        return (SaasRecords(self.client),)

    def register_actions(self) -> Sequence[Contract]:
        """The contracts of ``actions.json``, with the configured address instead of ``{base_url}`` in each endpoint."""
        raw = resources.files(__name__).joinpath("actions.json").read_bytes()
        filled = with_base_url(canon.loads(raw), self.settings.base_url)
        return [contract.parse(value) for value in filled["actions"]]

    def mirrors(self) -> Sequence[RecordSource]:
        return (SaasMirror(self.client),)

    async def handle_webhook(self, inbound: Inbound) -> Sequence[Event]:
        secrets = self.settings.webhook_secrets(inbound.received_at)
        if not secrets:
            raise BadAssertion("This connector has no webhook secret, so no webhook can be believed; configure one.")
        return webhooks.events(inbound, secrets)
