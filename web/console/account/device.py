"""Known devices: a browser that has signed in keeps a sealed cookie, and its wrong passwords are counted separately.

The cookie doesn't sign anybody in. It only gives its holder a separate count for the accounts used from that browser.
So other people's wrong guesses, even from the same address, don't make its holder wait.
"""

from __future__ import annotations

import json
import secrets
from typing import Final

from fastapi import Request
from fastapi.responses import Response

from core.errors import OpsIQError
from web.auth import get_container
from web.cookies import read_cookie, set_cookie

COOKIE: Final = "opsiq_device"
KEEP_S: Final = 180 * 86400
MOST_ACCOUNTS: Final = 5
_CONTEXT: Final = "known device"


def find_device(request: Request, account: str = "") -> str:
    """The device id, if this browser has signed in to ``account``, a member's id (or to any, if it is empty). Otherwise
    empty."""
    device, accounts = _read(request)
    return device if accounts and (not account or account in accounts) else ""


def remember_device(request: Request, answer: Response, account: str) -> None:
    """Remembers a sign-in to ``account`` from this browser."""
    device, accounts = _read(request)
    kept = [account, *(each for each in accounts if each != account)][:MOST_ACCOUNTS]
    plain = json.dumps({"device": device or secrets.token_hex(16), "accounts": kept}).encode()
    set_cookie(request, answer, COOKIE, get_container(request).box.seal(plain, context=_CONTEXT), max_age_s=KEEP_S)


def _read(request: Request) -> tuple[str, list[str]]:
    """Empty for anything that this server did not seal."""
    sealed = read_cookie(request, COOKIE)
    if not sealed or len(sealed) > 2000:
        return "", []
    try:
        held = json.loads(get_container(request).box.open(sealed, context=_CONTEXT))
    except OpsIQError:
        return "", []
    return str(held["device"]), [str(each) for each in held["accounts"]]
