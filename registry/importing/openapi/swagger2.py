"""Swagger 2.0 reader: converts what differs from OpenAPI 3 (bodies, forms, styles, servers), one operation at a time.

Definitions stay in place, so that references into the document stay valid.
"""

from __future__ import annotations

from typing import Any, Final

from registry.importing.document.references import Located

_FORM: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
_BESIDE: Final = frozenset(
    {"name", "in", "required", "description", "collectionFormat", "x-example", "allowEmptyValue"}
)
_STYLES: Final = {
    "csv": ("form", False), "ssv": ("spaceDelimited", False), "tsv": ("tabDelimited", False),
    "pipes": ("pipeDelimited", False), "multi": ("form", True),
}  # fmt: skip


def read_servers(root: Located) -> list[str]:
    """The base address from ``schemes``, ``host`` and ``basePath``. Relative if no host is named."""
    host, path = root.text("host"), root.text("basePath")
    if not host:
        return [path] if path else []
    schemes = [each.value for each in root["schemes"].items() if each.value in ("https", "http")]
    return [f"{'https' if not schemes or 'https' in schemes else 'http'}://{host}{path}"]


def modernize(root: Located, operation: Located, declared: list[Located]) -> tuple[list[Located], Located | None]:
    """The parameters in OpenAPI 3's form, and the request body for ``in: body`` and ``in: formData``."""
    parameters: list[Located] = []
    fields: list[Located] = []
    body: Located | None = None
    consumes = _media_types(operation) or _media_types(root)
    for each in declared:
        place = each.text("in")
        if place == "body":
            types = [name for name in consumes if name not in _FORM] or ["application/json"]
            content = {name: {"schema": each.fields.get("schema", {})} for name in types}
            body = Located({**_said(each), "content": content}, each.document)
        elif place == "formData":
            fields.append(each)
        else:
            parameters.append(_parameter(each))
    if fields and body is None:
        body = _form(fields, consumes)
    return parameters, body


def _media_types(at: Located) -> list[str]:
    return [each.value for each in at["consumes"].items() if isinstance(each.value, str)]


def _said(at: Located) -> dict[str, Any]:
    return {key: at.fields[key] for key in ("description", "required") if key in at.fields}


def _schema(at: Located) -> dict[str, Any]:
    """A parameter's schema, which Swagger 2 writes beside its name."""
    return {key: each for key, each in at.fields.items() if key not in _BESIDE and not key.startswith("x-trouble")}


def _parameter(at: Located) -> Located:
    if "schema" in at.fields or at.text("x-trouble"):
        return at
    style, explode = _STYLES.get(at.text("collectionFormat") or "csv", ("form", False))
    if at.text("in") in ("path", "header") and style == "form":
        style = "simple"
    made = {key: at.fields[key] for key in ("name", "in", "required", "description") if key in at.fields}
    if "x-example" in at.fields:
        made["example"] = at.fields["x-example"]
    return Located({**made, "schema": _schema(at), "style": style, "explode": explode}, at.document)


def _form(fields: list[Located], consumes: list[str]) -> Located:
    properties: dict[str, Any] = {}
    encoding: dict[str, Any] = {}
    required = []
    file = False
    for each in fields:
        name = each.text("name")
        if not name:
            continue
        properties[name] = {
            **_schema(each),
            **{key: each.fields[key] for key in ("description",) if key in each.fields},
        }
        style, explode = _STYLES.get(each.text("collectionFormat") or "csv", ("form", False))
        encoding[name] = {"style": style, "explode": explode}
        file |= each.fields.get("type") == "file"
        if each.fields.get("required") is True:
            required.append(name)
    given = [name for name in consumes if name in _FORM]
    media_type = _FORM[1] if file else (given or list(_FORM))[0]
    schema = {"type": "object", "properties": properties, "required": required}
    content = {media_type: {"schema": schema, "encoding": encoding}}
    return Located({"content": content, "required": bool(required)}, fields[0].document)
