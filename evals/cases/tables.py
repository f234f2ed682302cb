"""Tables as live data: each file of a folder is one record kind. Its rows are found by id, number, name and e-mail.

A file is a CSV, a JSON list of objects, or a JSON object of objects by id. The kind is the file's name in the singular.
Its id field is ``<kind>_id``, ``id``, or else the first field that ends in ``_id``. Every column of plain values counts
as declared.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from core.errors import InvalidInput
from evals.cases.rows import Rows
from registry.records import Field, FieldType, RecordKind, Relation, SearchBy

MAX_ROWS: Final = 200_000
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?")
_NAMES: Final = ("name", "subject", "title", "username")


class Tables(Rows):
    """Context provider over tables. Their kinds are guessed from their columns."""

    def __init__(self, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        found = _name_tables({name: list(each) for name, each in rows.items() if each})
        ids = {name: _find_id_field(name, each[0]) for name, each in found.items()}
        super().__init__([_make_kind(name, found[name], ids[name], ids) for name in found], found)


def load(folder: Path) -> Tables:
    """Loads every table of a folder. Raises InvalidInput, which names the invalid file."""
    if not folder.is_dir():
        raise InvalidInput(f"{folder} is no folder of CSV or JSON tables.")
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix in (".csv", ".json"):
            rows[singularize(path.stem)] = _read_rows(path)
    return Tables(rows)


def singularize(stem: str) -> str:
    """The kind of a file's name: ``calendar_events`` → ``calendar_event``."""
    plain = re.sub(r"_(?:data|table|records|list)$", "", stem.casefold())
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ses", "se")):
        if plain.endswith(ending):
            return plain.removesuffix(ending) + instead
    return plain if plain.endswith("ss") else plain.removesuffix("s")


def _name_tables(rows: dict[str, list[Mapping[str, Any]]]) -> dict[str, list[Mapping[str, Any]]]:
    """Names the tables' kinds. A table whose first column is its own id ("event_id") is of that kind ("event"), unless
    another table has that name."""
    made: dict[str, list[Mapping[str, Any]]] = {}
    for name, each in rows.items():
        first = next(iter(each[0]))
        kind = first.removesuffix("_id")
        own = first.endswith("_id") and len({row.get(first) for row in each}) == len(each)
        made[kind if own and kind not in rows and kind not in made else name] = each
    return made


def _read_rows(path: Path) -> list[Mapping[str, Any]]:
    try:
        if path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                made: list[Mapping[str, Any]] = list(csv.DictReader(file))
        else:
            value = json.loads(path.read_text("utf-8"))
            if isinstance(value, dict):
                value = [{"id": key, **each} for key, each in value.items() if isinstance(each, dict)]
            made = [_flatten(each) for each in value if isinstance(each, dict)]
    except (OSError, ValueError, TypeError, csv.Error) as error:
        raise InvalidInput(f"{path} is not a table: {error}") from error
    if len(made) > MAX_ROWS:
        raise InvalidInput(f"{path} has more than {MAX_ROWS} rows.")
    return made


def _flatten(row: Mapping[str, Any]) -> dict[str, Any]:
    """Keeps plain values only. An object's plain values are added under its name ("name" of two parts becomes one
    text)."""
    made: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict) and all(isinstance(each, str) for each in value.values()):
            made[name] = " ".join(value.values())
        elif value is None or isinstance(value, str | int | float | bool):
            made[name] = value
    return made


def _find_id_field(kind: str, row: Mapping[str, Any]) -> str:
    for wanted in (f"{kind}_id", f"{kind.rpartition('_')[2]}_id", "id"):
        if wanted in row:
            return wanted
    return next((name for name in row if name.endswith("_id")), next(iter(row)))


def _make_kind(name: str, rows: Sequence[Mapping[str, Any]], id_field: str, ids: Mapping[str, str]) -> RecordKind:
    fields = tuple(_make_field(column, id_field, rows) for column in rows[0])
    noun = name.replace("_", " ")
    short = noun.rpartition(" ")[2]
    dated = [each.name for each in fields if each.type in ("datetime", "date")]
    owners = tuple(
        Relation(kind=other, via=column)
        for other, column in ids.items()
        if other != name and column != id_field and column in rows[0] and column != "id"
    )
    label = next((each.name for each in fields if each.search == "name"), id_field)
    owned = id_field.removesuffix("_id") if id_field.endswith("_id") else short
    nouns = dict.fromkeys((noun, f"{noun}s", short, f"{short}s", owned, f"{owned}s"))
    return RecordKind(
        name=name,
        title=noun.capitalize(),
        nouns=tuple(nouns),
        fields=fields,
        id_field=id_field,
        label="{" + label + "}" if label.isidentifier() else "{" + id_field + "}",
        relations=owners,
        order=dated[0] if dated else None,
    )


def _make_field(column: str, id_field: str, rows: Sequence[Mapping[str, Any]]) -> Field:
    sample = [row[column] for row in rows[:50] if row.get(column) not in (None, "")]
    texts = [each for each in sample if isinstance(each, str)]
    search: SearchBy | None = None
    type_: FieldType = "string"
    if column == id_field:
        type_, search = "id", "number"
    elif texts and all("@" in each for each in texts):
        type_, search = "email", "email"
    elif texts and all(_DATE.fullmatch(each) for each in texts):
        type_ = "datetime" if any(len(each) > 10 for each in texts) else "date"
    elif sample and all(isinstance(each, bool) for each in sample):
        type_ = "boolean"
    elif sample and all(isinstance(each, int | float) for each in sample):
        type_ = "number"
    elif column.rpartition("_")[2] in _NAMES:
        search = "name"
    return Field(name=column, type=type_, label=column.replace("_", " "), search=search)
