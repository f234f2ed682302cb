"""Document formats that contracts are imported from: the one table of importers.

A new format (a Postman collection, a GraphQL introspection result) is a folder beside ``openapi`` whose reader makes an
``ApiDescription``, and a line here. Drafts, record kinds and differences are then the same for all. A format other than
JSON or YAML (a WSDL file) is parsed in ``registry.importing.document.parser``, and ``executors.importing.sources``
admits its file extension. What is asked from a server and is no document has its own folder too: ``mcp``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from registry.importing.document.description import ApiDescription, DocumentFormat
from registry.importing.document.references import Documents
from registry.importing.openapi import reader as openapi

FORMATS: Final[Sequence[DocumentFormat]] = (openapi.FORMAT,)


def read_description(documents: Documents, formats: Sequence[DocumentFormat] = FORMATS) -> ApiDescription:
    """The API description of a document. Raises UnreadableDocument for an unknown format, in the words of the first
    format."""
    found = next((each for each in formats if each.fits(documents.root)), formats[0])
    return found.read(documents)


def list_titles(formats: Iterable[DocumentFormat]) -> str:
    """The formats' titles for people: ``OpenAPI or Postman``."""
    return " or ".join(each.title for each in formats)


def list_words(formats: Iterable[DocumentFormat], joint: str) -> str:
    """The words that identify documents, in quotes: ``"openapi" or "swagger"``."""
    return f" {joint} ".join(f'"{word}"' for each in formats for word in each.words)
