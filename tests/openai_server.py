"""A server on loopback that speaks the OpenAI protocol from a script: one reply a request, well or badly."""

import json
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Self


class End(Enum):
    STOP = "stop"
    LENGTH = "length"
    CLOSE = "the connection ends like any other, in the middle"
    RESET = "the connection is torn down"
    STALL = "nothing more comes"
    NEVER = "the last piece comes again and again"


@dataclass(frozen=True)
class Reply:
    """`pieces` are streamed one an event; `raw` goes out after them as it is; `cut` is how many bytes are sent at a time."""

    pieces: tuple[str, ...] = ()
    end: End = End.STOP
    status: int = 200
    raw: bytes = b""
    cut: int = 0


def says(*pieces: str, end: End = End.STOP, cut: int = 0) -> Reply:
    return Reply(pieces, end, cut=cut)


def fails(status: int) -> Reply:
    return Reply(status=status)


class OpenAIServer:
    """`with OpenAIServer(says("好。[1]")) as server:` — `server.base_url` is where it is, `server.requests` what it was asked."""

    def __init__(self, *replies: Reply) -> None:
        self.scripted = list(replies)
        self.requests: list[dict[str, Any]] = []
        self.stopped = Event()

    def __enter__(self) -> Self:
        handler = type("Scripted", (_Handler,), {"script": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self._server.server_port}/v1"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()

    def next_reply(self, request: dict[str, Any]) -> Reply:
        self.requests.append(request)
        return self.scripted.pop(0) if self.scripted else fails(503)


class _Handler(BaseHTTPRequestHandler):
    script: OpenAIServer

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        reply = self.script.next_reply({**request, "key": self.headers["Authorization"]})
        try:
            self._answer(reply, bool(request.get("stream")))
        except OSError:
            # whoever asked has gone, which is what most of these scripts are about
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        pass

    def _answer(self, reply: Reply, is_stream: bool) -> None:
        self.send_response(reply.status)
        self.send_header(
            "Content-Type", "text/event-stream" if is_stream and reply.status == 200 else "application/json"
        )
        self.end_headers()
        if reply.status != 200:
            self._send(_json({"error": {"message": "as scripted", "code": reply.status}}), 0)
        elif not is_stream:
            message = {"role": "assistant", "content": "".join(reply.pieces)}
            self._send(reply.raw or _json(_completion(message=message, finish_reason="stop")), 0)
        else:
            self._stream(reply)

    def _stream(self, reply: Reply) -> None:
        # the first event of a stream has no text in it
        self._send(_event(delta={"role": "assistant", "content": ""}, finish_reason=None), reply.cut)
        for piece in _pieces(reply):
            self._send(_event(delta={"content": piece}, finish_reason=None), reply.cut)
        self._send(reply.raw, reply.cut)
        if reply.end is End.STALL:
            self.script.stopped.wait()
        elif reply.end is End.RESET:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        elif reply.end in (End.STOP, End.LENGTH):
            self._send(_event(delta={}, finish_reason=reply.end.value) + b"data: [DONE]\n\n", reply.cut)

    def _send(self, data: bytes, cut: int) -> None:
        for at in range(0, len(data), cut or len(data) or 1):
            self.wfile.write(data[at : at + (cut or len(data))])
            self.wfile.flush()


def _pieces(reply: Reply) -> Iterator[str]:
    yield from reply.pieces
    while reply.end is End.NEVER:
        yield reply.pieces[-1]


def _event(**choice: Any) -> bytes:
    return b"data: " + _json(_completion(kind="chat.completion.chunk", **choice)) + b"\n\n"


def _completion(kind: str = "chat.completion", **choice: Any) -> dict[str, Any]:
    return {"id": "1", "object": kind, "created": 0, "model": "local", "choices": [{"index": 0, **choice}]}


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
