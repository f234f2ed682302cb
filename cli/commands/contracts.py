"""``opsiq contracts``: lints, signs, verifies and makes keys, offline; registers on a running server. Exit codes: 0
good, 1 findings, 2 what can't be read."""

from __future__ import annotations

import argparse
import json
import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import canon
from core.errors import BadSetting, Finding, InvalidContract, OpsIQError

if TYPE_CHECKING:
    from registry.contract import Contract

_PLATFORM = "https://platform.invalid"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    contracts = subparsers.add_parser(
        "contracts",
        help="lint, sign, verify and register contracts",
        description="Contracts in files. Those that are in force are in the console, and at GET /v1/contracts.",
    )
    commands = contracts.add_subparsers(dest="contracts_command", metavar="COMMAND", required=True)

    lint = commands.add_parser("lint", help="find what is wrong with contracts")
    lint.add_argument("files", nargs="+", type=Path, metavar="FILE")
    lint.add_argument("--json", action="store_true", help="one JSON document instead of lines")
    lint.add_argument("--strict", action="store_true", help="advice (warn_…) counts as wrong too")
    _base_url(lint, default=_PLATFORM)
    lint.set_defaults(run=run_lint)

    sign = commands.add_parser("sign", help="sign every contract of a file")
    sign.add_argument("file", type=Path, metavar="FILE")
    sign.add_argument("--key", type=Path, required=True, metavar="KEYFILE", help="Ed25519 private key, PEM, mode 600")
    sign.add_argument("--out", type=Path, required=True, metavar="FILE", help="where the signed contracts go")
    _base_url(sign)
    sign.set_defaults(run=run_sign)

    register = commands.add_parser(
        "register",
        help="lint, sign and register contracts on a running server",
        description="Files, or folders such as 'opsiq import openapi' writes. Each request's contracts are registered "
        "all or none; what is in force already is left as it is. An owner's key with contracts:write is needed.",
    )
    register.add_argument("paths", nargs="+", type=Path, metavar="FILE|DIR")
    register.add_argument("--json", action="store_true", help="one JSON document instead of lines")
    register.set_defaults(run=run_register)

    verify = commands.add_parser("verify", help="verify a file that 'sign' wrote")
    verify.add_argument("file", type=Path, metavar="FILE")
    verify.add_argument(
        "--public", required=True, action="append", type=Path, metavar="JWKFILE", help="public key; may be repeated"
    )
    verify.set_defaults(run=run_verify)

    keygen = commands.add_parser("keygen", help="make a signing key")
    keygen.add_argument(
        "--out", type=Path, required=True, metavar="KEYFILE", help="KEYFILE and KEYFILE.jwk; neither may exist"
    )
    keygen.set_defaults(run=run_keygen)


def _base_url(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    parser.add_argument("--base-url", default=default, metavar="URL", help="what {base_url} in endpoints stands for")


def run_lint(args: argparse.Namespace) -> int:
    """Prints ``file: /pointer: what is wrong, how to mend [code]`` for each finding."""
    from registry.linting.linter import is_advice, lint_file

    found: dict[str, list[Finding]] = {}
    unread = False
    for path in args.files:
        try:
            found[str(path)] = lint_file(path, base_url=args.base_url)
        except OSError as error:
            print(f"{path}: it can't be read: {error.strerror or error}", file=sys.stderr)
            unread = True
    wrong = any(args.strict or not is_advice(each) for findings in found.values() for each in findings)
    if args.json:
        print(json.dumps({"ok": not (wrong or unread), "findings": _to_json(found)}, indent=2, ensure_ascii=False))
    else:
        for name, findings in found.items():
            for each in findings:
                print(f"{name}: {each}")
            if not findings:
                print(f"{name}: clean")
    return 2 if unread else int(wrong)


def _to_json(found: Mapping[str, list[Finding]]) -> list[dict[str, str]]:
    return [
        {"file": name, "pointer": each.pointer, "code": each.code, "detail": each.detail}
        for name, findings in found.items()
        for each in findings
    ]


def run_sign(args: argparse.Namespace) -> int:
    """Writes ``{"contracts": [{"contract": …, "signature": …}]}``: nothing at all if one of them has a fault."""
    from registry.signing import SigningKey, sign

    try:
        key = SigningKey.of_pem(_private_text(args.key))
        value = canon.loads(args.file.read_bytes())
    except (OSError, OpsIQError) as error:
        return _unusable(error)
    try:
        contracts = _lint_file(value, args.base_url)
    except InvalidContract as error:
        print(f"{args.file}: {error.detail}", file=sys.stderr)
        for finding in error.findings:
            print(f"{args.file}: {finding}", file=sys.stderr)
        return 1
    signed = [{"contract": json.loads(each.canonical), "signature": sign(each.canonical, key)} for each in contracts]
    try:
        args.out.write_text(json.dumps({"contracts": signed}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        return _unusable(error)
    print(f"{len(signed)} signed with {key.kid} into {args.out}")
    return 0


def run_register(args: argparse.Namespace) -> int:
    """Prints what was registered; secrets that were made for new origins are shown this once."""
    from cli.client import make_client
    from cli.contract_files import read_files, split_batches

    contracts = read_files(args.paths)
    server, done = make_client(), []
    for batch in split_batches(contracts):
        done += server.post("/v1/contracts", {"contracts": batch})["data"]
    if args.json:
        print(json.dumps({"data": done}, indent=2, ensure_ascii=False))
        return 0
    for each in done:
        said = "registered" if each["fresh"] else "registered already"
        secret = f"\n  secret of calls to it, shown this once: {each['secret']}" if each["secret"] else ""
        print(f"{each['name']} v{each['version']} {said}{secret}")
    if nobody := sum(not each.get("roles") for each in contracts):
        print(f"{nobody} of {len(contracts)} list no role: nobody may run them.")
    return 0


def run_verify(args: argparse.Namespace) -> int:
    """One line for each contract; 1 if any does not verify."""
    from registry.signing import make_kid, verify

    try:
        keys = {make_kid(public): public for public in map(_public, args.public)}
        value = canon.loads(args.file.read_bytes())
    except (OSError, OpsIQError) as error:
        return _unusable(error)
    members = value.get("contracts") if isinstance(value, dict) else None
    if not isinstance(members, list) or not members:
        print(f'{args.file}: it is no signed file: {{"contracts": [{{"contract", "signature"}}]}}', file=sys.stderr)
        return 2
    worst = 0
    for index, each in enumerate(members):
        entry = each if isinstance(each, dict) else {}
        try:
            contract = verify(canon.dumps(entry.get("contract")), str(entry.get("signature") or ""), keys)
        except OpsIQError as error:
            print(f"{args.file}: /contracts/{index}: {error.detail} [{error.code}]")
            worst = 1
        else:
            print(f"{args.file}: /contracts/{index}: {contract.name} v{contract.version} verifies, {contract.digest}")
    return worst


def run_keygen(args: argparse.Namespace) -> int:
    """Writes the private key (PEM, mode 600) and beside it the public one (a JWK, RFC 8037); never writes over a
    key."""
    from registry.signing import generate_key

    key = generate_key()
    public = args.out.with_name(args.out.name + ".jwk")
    try:
        _fresh(public, json.dumps(key.jwk(), indent=2) + "\n", 0o644)
        _fresh(args.out, key.pem(), 0o600)
    except OSError as error:
        return _unusable(error)
    print(f"kid {key.kid}\nprivate {args.out}\npublic {public}")
    return 0


def _fresh(path: Path, text: str, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="ascii") as file:
        file.write(text)


def _public(path: Path) -> str:
    """The public key of a JWK file; its ``kid`` is not believed, it is computed."""
    value = canon.loads(path.read_bytes())
    if not isinstance(value, dict) or value.get("crv") != "Ed25519" or not isinstance(value.get("x"), str):
        raise BadSetting(f"{path} holds no Ed25519 public key (a JWK with crv and x).")
    x: str = value["x"]
    return x


def _private_text(path: Path) -> str:
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise BadSetting(f"{path} may be read by others. Run: chmod 600 {path}")
    try:
        return path.read_text(encoding="ascii")
    except UnicodeDecodeError as error:
        raise BadSetting(f"{path} is not PEM text; make a key with 'opsiq contracts keygen'.") from error


def _lint_file(value: Any, base_url: str | None) -> list[Contract]:
    """The contracts of a file; raises InvalidContract with every fault (advice does not keep anything from being
    signed)."""
    from registry.contract import parse
    from registry.contract_file import BASE_URL, read_contracts, with_base_url
    from registry.linting.linter import is_advice, lint

    if base_url is not None:
        value = with_base_url(value, base_url)
    elif BASE_URL in json.dumps(value):
        raise InvalidContract("Endpoints are written with {base_url}: say what it stands for with --base-url.")
    faults = [each for each in lint(value) if not is_advice(each)]
    if faults:
        raise InvalidContract("Nothing was signed; mend these first.", findings=faults)
    _, members = read_contracts(value)
    return [parse(each) for each in (members if members is not None else [value])]


def _unusable(error: OSError | OpsIQError) -> int:
    if isinstance(error, OSError):
        print(f"opsiq: {error.filename}: {error.strerror}", file=sys.stderr)
    else:
        print(f"opsiq: {error.detail}", file=sys.stderr)
    return 2
