"""Formats of documents: a further one is a reader and an entry of the table, and everything after it is there."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest

from executors.importing.sources import find_root
from registry.contract import parse
from registry.importing.document.description import ApiDescription, BodyContent, DocumentFormat, Operation
from registry.importing.document.parser import UnreadableDocument
from registry.importing.document.references import Documents, Located
from registry.importing.drafts.credentials import find_credential
from registry.importing.formats import FORMATS, list_titles, list_words
from registry.importing.importer import import_document
from registry.importing.tasks import write_connector
from tests.unit.registry.importing.samples import api, documents


def read_call_sheet(found: Documents) -> ApiDescription:
    """A list of calls, each with what its body takes."""
    return ApiDescription(
        title=found.root.text("callSheet"),
        version="1",
        dialect="1",
        server=found.root.text("at"),
        servers=(found.root.text("at"),),
        security_schemes={},
        operations=tuple(
            Operation(
                key=f"POST {each.text('path')}",
                method="POST",
                path=each.text("path"),
                id="",
                summary=each.text("does"),
                description="",
                tags=(),
                deprecated=False,
                parameters=(),
                contents=(BodyContent("application/json", each["takes"], Located({}, each.document), None),),
                body_required=True,
                body_description="",
                server=None,
                security=(),
                responses=Located({}, each.document),
                declared={"takes": each["takes"]},
            )
            for each in found.root["calls"].items()
        ),
    )


CALL_SHEET: Final = DocumentFormat(
    name="call-sheet",
    title="Call Sheet",
    versions="a Call Sheet",
    words=("callSheet",),
    first_line=re.compile(rb"^callSheet:", re.M),
    fits=lambda root: "callSheet" in root.fields,
    read=read_call_sheet,
)
BOTH: Final = (*FORMATS, CALL_SHEET)
SHEET: Final = """
callSheet: Harbour
at: https://harbour.example
calls:
- {path: /moorings, does: Book a mooring, takes: {$ref: "#/shapes/mooring"}}
shapes:
  mooring: {type: object, required: [nights], properties: {nights: {type: integer, minimum: 1}}}
"""


def draft_sheet(text: str = SHEET) -> dict[str, Any]:
    (made,) = import_document(documents({"sheet.yaml": text}), formats=BOTH).drafts
    return made.contract


def test_a_third_format_is_drafted_like_any_other() -> None:
    made = import_document(documents({"sheet.yaml": SHEET}), formats=BOTH)
    contract = parse(draft_sheet())
    assert (contract.title, contract.required) == ("Book a mooring", ("nights",))
    assert contract.properties["nights"]["minimum"] == 1
    assert contract.upstream is not None
    assert contract.upstream.operation == "POST /moorings"
    assert write_connector(made)["connection"]["credential"] == find_credential(made.description)


def test_an_operation_of_any_format_is_pinned_by_what_it_declares() -> None:
    pins = [
        draft_sheet(text)["upstream"]["schema_digest"] for text in (SHEET, SHEET.replace("minimum: 1", "minimum: 2"))
    ]
    assert pins[0] != pins[1]
    reworded = draft_sheet(SHEET.replace("Book a mooring", "Reserve a mooring"))
    assert reworded["upstream"]["schema_digest"] == pins[0]


def test_a_document_of_a_known_format_is_found_among_others() -> None:
    files = [("readme.yaml", b"a: 1"), ("sheet.yaml", SHEET.encode())]
    assert find_root(files, BOTH) == "sheet.yaml"
    assert find_root([*files, ("deep/api.yaml", api("/x: {}").encode())], BOTH) == "sheet.yaml"


def test_a_format_that_is_not_in_the_table_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="no OpenAPI document"):
        import_document(documents({"sheet.yaml": SHEET}))


def test_messages_name_every_format() -> None:
    assert list_titles(BOTH) == "OpenAPI or Call Sheet"
    assert list_words(BOTH, "nor") == '"openapi" nor "swagger" nor "callSheet"'


@pytest.mark.parametrize("kind", FORMATS, ids=lambda each: each.name)
def test_every_format_has_a_folder_of_its_name(kind: DocumentFormat) -> None:
    assert kind.read.__module__ == f"registry.importing.{kind.name}.reader"
