"""HTTP from the command line: past any proxy of the environment, which a server of one's own is reached without."""

from __future__ import annotations

import http.client
import ssl
import urllib.request
from functools import cache
from urllib.request import BaseHandler, OpenerDirector, Request


@cache
def find_opener() -> OpenerDirector:
    """The opener of this process, which keeps nothing."""
    return make_opener()


def make_opener(*handlers: BaseHandler) -> OpenerDirector:
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), _Https(), *handlers)


class _Https(urllib.request.HTTPSHandler):
    """Reads the system's certificates when it first needs them: that takes longer than a call to this machine, and
    ``urllib`` does it for each opener, whatever that opens."""

    def __init__(self) -> None:
        urllib.request.AbstractHTTPHandler.__init__(self)

    def https_open(self, req: Request) -> http.client.HTTPResponse:
        return self.do_open(http.client.HTTPSConnection, req, context=_make_context())


@cache
def _make_context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
