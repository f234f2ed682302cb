"""Problem documents (RFC 9457) of the demo platform."""

from __future__ import annotations

from starlette.responses import JSONResponse


class Refused(Exception):
    """A request that is understood and not done. ``status`` is the HTTP status, ``code`` permanent, ``detail`` a
    sentence."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail

    def as_json(self) -> dict[str, str | int]:
        return {
            "type": "about:blank",
            "title": self.code.replace("_", " "),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }


def answer(refused: Refused) -> JSONResponse:
    return JSONResponse(refused.as_json(), refused.status, media_type="application/problem+json")
