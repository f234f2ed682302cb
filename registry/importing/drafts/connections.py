"""Connections of a document: the platform's own address, and one more for each other server of its operations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from language.text import word_set
from registry.importing.decisions import Decisions
from registry.importing.document.description import ApiDescription, Operation
from registry.importing.document.references import is_url, split_url
from registry.importing.drafts import words

_DULL: Final = word_set(
    "api rest http https v1 v2 v3 public the service services platform reference specification openapi "
    "swagger documentation docs "
)


class Connections:
    """Names connections as operations need them. ``used`` is name → base address, as far as known."""

    def __init__(self, description: ApiDescription, decided: Decisions) -> None:
        self._decided = decided
        self._description = description
        own = decided.connection
        said = Counter(each.server for each in description.operations if each.server)
        # If each operation names its server, the commonest is the platform's.
        self._own = description.server or (said.most_common(1)[0][0] if said else "")
        self.name = own.name or _name(description)
        self.used: dict[str, str] = {self.name: own.base_address or self._own}
        self._by_server: dict[str, str] = {}

    def of(self, operation: Operation) -> str:
        if operation.server is None or operation.server == self._own:
            return self.name
        if operation.server not in self._by_server:
            decided = self._decided.connections.get(operation.server)
            name = (decided.name if decided else None) or f"{self.name}_{_told_apart(operation.server)}"[:64]
            if name in self.used:
                name = f"{name[:57]}_{words.make_mark(operation.server)}"
            self._by_server[operation.server] = name
            self.used[name] = (decided.base_address if decided else None) or operation.server
        return self._by_server[operation.server]

    @property
    def servers(self) -> dict[str, str]:
        """Server as the document writes it → connection, without the platform's own."""
        return dict(self._by_server)

    def questions(self) -> Iterator[str]:
        for name, address in self.used.items():
            if not is_url(address) or not split_url(address).hostname:
                told = f"the document says {address!r}" if address else "the document names none"
                yield f"Base address of the connection {name}: {told}. Write the full address (https://…)."
            elif "{" in address:
                yield f"Base address of the connection {name}: fill in what stands in braces in {address}."
            elif address.startswith("http://"):
                yield f"Base address of the connection {name}: {address} is not encrypted. Write https:// if it can."
        if len(self._description.servers) > 1 and self._decided.connection.base_address is None:
            others = ", ".join(self._description.servers[:6])
            yield f"Base address: the document lists several servers ({others}). The first is taken."


def _told_apart(server: str) -> str:
    """The part of a server's address besides its domain and version."""
    host = (split_url(server).hostname or "").split(".")[0]
    path = [each for each in split_url(server).path.split("/") if not words.is_version(each)]
    every = list(dict.fromkeys(word for each in (host, *path) for word in words.split_words(each)))
    return "_".join([each for each in every if each not in _DULL] or every[:1] or [words.make_mark(server)])


def _name(description: ApiDescription) -> str:
    """A name from the title, without words that every title has, or else from the host."""
    said = [each for each in words.split_words(description.title) if each not in _DULL and not each.isdecimal()]
    host = (split_url(description.server).hostname or "").split(".")
    made = "_".join(said[:3]) or (words.to_snake_case(host[-2]) if len(host) > 1 else "") or "platform"
    return made[:40].strip("_") if made[0].isalpha() else f"p_{made[:38]}"
