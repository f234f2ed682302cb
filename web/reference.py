"""Generator of docs/reference/api.md from the OpenAPI document. ``python -m web.reference`` prints the page, and a test
compares it with the file."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi import FastAPI

from web.limits import PER_MINUTE, LimitClass
from web.openapi import ALWAYS, OPEN

_HEAD: Final = """# The API

Every request under `/v1` is signed with an API key ([wire.md](wire.md) §1; by hand with curl: [the guide](../guide/curl.md)). For machines
there is the OpenAPI 3.1 document at `GET /openapi.json`, from which `python -m web.reference` makes this page.

- **Scopes.** A key may do what its scopes allow, in the role it was made with, and never more than the member it belongs to. If that member
  is disabled or loses the role, the key is refused. *owner* in the tables means that the key's role must be `owner`.
- **Ownership.** A key whose role differs from its maker's has none of its maker's rights. It sees, answers, confirms, switches and changes
  only what its own role may run. Beyond that, its maker's own runs and rules are 403, and other people's are 404.
- **Confirming.** A key can ask. It can confirm only with the scope `runs:confirm`, which a key has only if it was given on purpose.
  Rejecting needs only `runs:write`. If the card's `confirm_by` is `person`, no key can confirm it, whatever its scopes. The error
  `person_required` has the console's address where a person can confirm.
- **Modes.** The actions of a live key (`pk_live_…`) are carried out. A test key (`pk_test_…`) reads live data and tries actions and events:
  they are resolved, looked up, held and confirmed as always, answered from the contract's result schema, marked `test`, and never sent.
  A test key may do nothing else that has effects (`wrong_mode`). No key decides about a run of the other mode.
- **Limits.** Each key has a limit a minute for each class of request: {limits}. Every answer says what is left:
  `RateLimit-Policy: "key";q=1000;w=60`, `RateLimit: "key";r=999;t=60`. Above the limit: 429 `rate_limited` with `Retry-After`.
  A request counts once for each 64 KiB of its body, at most 16 times.
  Texts (asking, answering, editing) are also limited for each person and each workspace, over all their keys. That 429 names `"person"` or
  `"workspace"` instead of `"key"` ([settings.md](settings.md): `OPSIQ_TEXTS_PER_…`).
- **Acting once.** If an endpoint takes an `Idempotency-Key`, send a new one for each act and the same one for its retries. The answer is
  stored for 24 h and repeated with `Idempotency-Replayed: true`, only to the same API key. The same `Idempotency-Key` with another request:
  422 `idempotency_key_reused`. An answer that showed a secret is not repeated: 409 `secret_shown_once`.
- **Pages.** A long list has `next`, which is null at the end. Send it as `before` to get the next page. `before` also takes any id of the
  list (in AI History, any `seq`). Tickets are read live: there `next` is a token for `cursor`, and belongs to the filters of its request.
- **Errors** are `application/problem+json` with a permanent `code` ([errors.md](errors.md)). `errors` lists the faults by JSON Pointer.
  Every signed endpoint may answer {always}. Endpoints with a body may also answer 413 and 415. The sections below list only other errors.
- **Bodies** are strict JSON in UTF-8 of at most 1 MiB: no duplicate keys, no unknown keys, no NaN, and no NUL in text.
- **Request ids.** Every answer has an `X-Request-Id`, which is also in the logs and in AI History.

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
        "`GET /healthz` answers while the process runs, `GET /readyz` while the database answers and can be written. "
        "Neither is signed.",
        "Platforms send their webhooks to `POST /connectors/{name}/webhook?workspace=ws_…`, signed as described in",
        "[the connectors' guide](../guide/connectors.md).",
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
