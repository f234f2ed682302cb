"""Generator of docs/reference/api.md from the OpenAPI document. ``python -m web.reference`` writes it; a test compares
the two."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi import FastAPI

from web.limits import PER_MINUTE, LimitClass
from web.openapi import ALWAYS, OPEN

_HEAD: Final = """# The API

Everything under `/v1` is signed with an API key ([wire.md](wire.md) §1; by hand with curl: [the guide](../guide/curl.md)). The same, for
machines, is the OpenAPI 3.1 document at `GET /openapi.json`; this page is made of it by `python -m web.reference`.

- **Scopes.** A key may do what its scopes say, as the role it was made with, and never more than the member it belongs to: when that
  member is disabled or loses the role, the key is refused. *owner* in the tables means that the key's role must be `owner`.
- **Whose it is.** A key of another role than its maker's has none of its maker's rights: it sees, answers, confirms, switches and changes
  what its own role may run. What the same person has asked for or set up in a role beyond that is 403, anybody else's 404.
- **Confirming.** A key asks; it says yes only with the scope `runs:confirm`, which no key has unless it was given on purpose.
  Rejecting needs no more than `runs:write`. Where the card's `confirm_by` is `person` no key confirms it, whatever its scopes:
  `person_required` names the address at which somebody does, in the console.
- **Modes.** What a live key (`pk_live_…`) asks for happens. A test key (`pk_test_…`) reads live data and tries actions and events: they are
  resolved, looked up, held and confirmed as always, answered from the contract's result schema, marked `test`, and never sent. Whatever
  else has effects it may not do (`wrong_mode`), and no key decides about a run of the other mode.
- **Limits.** Each key has a limit a minute for each class of request: {limits}. Every answer says what is left:
  `RateLimit-Policy: "key";q=1000;w=60`, `RateLimit: "key";r=999;t=60`. Beyond it: 429 `rate_limited` with `Retry-After`.
  Texts that are read (asking, answering, editing) are limited for each person and each workspace too, whichever keys they come by; that
  429 names `"person"` or `"workspace"` in the place of `"key"` ([settings.md](settings.md): `OPSIQ_TEXTS_PER_…`).
- **Acting once.** Where an endpoint takes an `Idempotency-Key`, send a fresh one for each act and the same for its retries: the answer is
  kept for 24 h and comes again with `Idempotency-Replayed: true`, to the same API key alone. The same key with another request: 422
  `idempotency_key_reused`. An answer that showed a secret is not repeated: 409 `secret_shown_once`.
- **Pages.** A long list answers `next`, null at the end. It goes into `before` for the page after this one; any id of the list (of AI
  History any `seq`) may stand there. Tickets are read live and take it as `cursor`, a token that belongs to the filters it came with.
- **Errors** are `application/problem+json` with a permanent `code` ([errors.md](errors.md)); `errors` names the faults by JSON Pointer.
  Every signed endpoint may answer {always}; those with a body 413 and 415 too. Below stand only the others.
- **Bodies** are strict JSON in UTF-8 of at most 1 MiB: no key twice, none that is unknown, no NaN, no NUL in text.
- **Request ids.** Every answer carries `X-Request-Id`; logs and AI History know it.

## Endpoints
"""  # noqa: E501
_NAMES: Final[Mapping[LimitClass, str]] = {
    "events": "firing events",
    "actions": "running actions",
    "reads": "reads",
    "webhook_test": "test webhooks",
    "writes": "other writes",
}
_TABLE: Final = "| endpoint | scope | limit | what it does |\n| --- | --- | --- | --- |"


def render_page(app: FastAPI) -> str:
    """The page in Markdown."""
    document = app.openapi()
    schemas = document["components"]["schemas"]
    limits = ", ".join(f"{PER_MINUTE[each]} {name} (`{each}`)" for each, name in _NAMES.items())
    lines = [_HEAD.format(limits=limits, always=", ".join(ALWAYS))]
    every = [
        (method.upper(), path, operation)
        for path, each in sorted(document["paths"].items())
        for method, operation in each.items()
        if path not in OPEN
    ]
    lines.append(_TABLE)
    for method, path, operation in every:
        owner = ", owner" if "x-role" in operation else ""
        about = _first(operation.get("description", "") or operation.get("summary", ""))
        lines.append(
            f"| `{method} {path}` | `{operation['x-scope']}`{owner} | {operation['x-limit']['class']} | {about} |"
        )
    lines += [
        "",
        "`GET /healthz` answers while the process does, `GET /readyz` while the database does; neither is signed.",
        "Platforms send their webhooks to `POST /connectors/{name}/webhook?workspace=ws_…`, signed as",
        "[the connectors' guide](../guide/connectors.md) says.",
        "",
    ]
    for method, path, operation in every:
        lines += _one(method, path, operation, schemas)
    return "\n".join(lines).rstrip() + "\n"


def _one(method: str, path: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {method} {path}\n"
    if operation.get("description"):
        yield " ".join(operation["description"].replace("``", "`").split()) + "\n"
    parameters = [each for each in operation.get("parameters", ()) if each["in"] == "query"]
    if parameters:
        yield "| query | form | |\n| --- | --- | --- |"
        for each in parameters:
            yield f"| `{each['name']}` | {_form(each['schema'], schemas)} | {each.get('description', '')} |"
        yield ""
    if any(each["name"] == "Idempotency-Key" for each in operation.get("parameters", ())):
        yield "Takes an `Idempotency-Key`.\n"
    if "requestBody" in operation:
        yield from _body(operation["requestBody"]["content"]["application/json"], schemas)
    good = [status for status in operation["responses"] if status < "400"]
    for status in good:
        content = operation["responses"][status].get("content", {})
        forms = [_form(each.get("schema", {}), schemas) for each in content.values()]
        yield f"Answers {status}{' with ' + ', '.join(forms) if forms and forms != ['any JSON'] else ''}.\n"
    body = {"413", "415"} if "requestBody" in operation else set()
    others = [each for each in operation["responses"] if each >= "400" and each not in {*ALWAYS, *body}]
    if others:
        named = (
            f"{each} ({', '.join(f'`{code}`' for code in operation['responses'][each]['x-codes'])})" for each in others
        )
        yield f"May also answer {', '.join(named)}.\n"


def _body(content: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[str]:
    schema = content["schema"]
    required = schema.get("required", ())
    yield "| body | form | |\n| --- | --- | --- |"
    for name, each in schema.get("properties", {}).items():
        yield f"| `{name}` | {_form(each, schemas)} | {'required' if name in required else ''} |"
    yield f"\n```json\n{json.dumps(content['example'], ensure_ascii=False)}\n```\n"


def _form(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return f"`{schema['$ref'].rpartition('/')[2]}`"
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(_form(each, schemas) for each in schema[several])
    kind = schema.get("type", "any JSON")
    if kind == "array":
        return f"list of {_form(schema.get('items', {}), schemas)}"
    limits = [
        f"{word} {schema[key]}"
        for key, word in (("minimum", "from"), ("maximum", "to"), ("minLength", "min."), ("maxLength", "max."))
        if key in schema
    ]
    more = [schema["format"]] if "format" in schema else []
    return " ".join([kind, *more, *limits])


def _first(text: str) -> str:
    return " ".join(text.replace("``", "`").split()).partition(". ")[0].rstrip(".").replace("|", "\\|") + "."


if __name__ == "__main__":
    from contextlib import nullcontext

    from web.app import create_app

    sys.stdout.write(render_page(create_app(nullcontext())))  # type: ignore[arg-type]
