"""A model server that proposes what it is told: OpenAI's chat completions over HTTP on loopback, in a thread."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Model:
    url: str = ""
    prompts: list[str] = field(default_factory=list)


@contextmanager
def scripted_model(answers: Mapping[str, Any]) -> Iterator[Model]:
    """Answers each of these requests by its text. ``prompts`` are what it was asked with."""
    made = Model()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            user = body["messages"][-1]["content"]
            made.prompts.append(user)
            typed = json.loads(user.rsplit("Request: ", 1)[1].splitlines()[0])
            text = json.dumps({"understood": "", "result": answers[typed], "rest": []})
            message: dict[str, Any] = {"role": "assistant", "content": text}
            if tools := body.get("tools"):
                call = {"name": tools[0]["function"]["name"], "arguments": text}
                message |= {"content": None, "tool_calls": [{"id": "c", "type": "function", "function": call}]}
            choice = {"index": 0, "finish_reason": "stop", "message": message}
            usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
            answer = {"id": "c", "object": "chat.completion", "created": 1, "model": body["model"]}
            raw = json.dumps({**answer, "choices": [choice], "usage": usage}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


def find(kind: str, said: str) -> dict[str, Any]:
    """A reference to the one record of this kind that was named."""
    return {"kind": kind, "said": said, "where": [], "order": None, "pick": "one", "among": None}
