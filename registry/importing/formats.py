"""Formats of documents that contracts are imported from: the one table of importers.

A further one (a Postman collection, an answer of GraphQL's introspection) is a folder beside ``openapi`` whose reader
makes an ``ApiDescription``, and a line here: everything after it (drafts, kinds of record, differences) is the same for
all. Before it, one that is no JSON or YAML (a WSDL file) is taken apart in ``registry.importing.document.parser``, and
a file of another ending is let in by ``executors.importing.sources``. What is asked of a server and is no document has
its own folder too: ``mcp``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from registry.importing.document.description import ApiDescription, DocumentFormat
from registry.importing.document.references import Documents
from registry.importing.openapi import reader as openapi

FORMATS: Final[Sequence[DocumentFormat]] = (openapi.FORMAT,)


def read_description(documents: Documents, formats: Sequence[DocumentFormat] = FORMATS) -> ApiDescription:
    """What a document says may be called. Raises UnreadableDocument for one of no known format, in the words of the
    first."""
    found = next((each for each in formats if each.fits(documents.root)), formats[0])
    return found.read(documents)


def list_titles(formats: Iterable[DocumentFormat]) -> str:
    """For people: ``OpenAPI or Postman``."""
    return " or ".join(each.title for each in formats)


def list_words(formats: Iterable[DocumentFormat], joint: str) -> str:
    """The words that documents are known by, in quotes: ``"openapi" or "swagger"``."""
    return f" {joint} ".join(f'"{word}"' for each in formats for word in each.words)
