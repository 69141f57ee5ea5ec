"""Who may come in: a link that works once, and the sessions that it opened. Neither is ever written down; only hashes are held."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading

LONGEST_PROOF = 200


class Entry:
    """The link of one running app and its sessions. A restart prints a new link and ends all sessions."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._link: bytes | None = None
        self._sessions: set[bytes] = set()

    def new_link(self) -> str:
        """A new proof; the one before is worth nothing from now on."""
        proof = secrets.token_urlsafe(32)
        with self._lock:
            self._link = _hash(proof)
        return proof

    def open(self, proof: str) -> str | None:
        """A session for whoever has the proof, which is used up; None for anybody else."""
        session = secrets.token_urlsafe(32)
        with self._lock:
            if self._link is None or not hmac.compare_digest(self._link, _hash(proof)):
                return None
            self._link = None
            self._sessions.add(_hash(session))
        return session

    def knows(self, session: str) -> bool:
        """Whether this is a session that was opened here."""
        found = _hash(session)
        with self._lock:
            return any(hmac.compare_digest(one, found) for one in self._sessions)

    def leave(self, session: str) -> None:
        """End one session."""
        with self._lock:
            self._sessions.discard(_hash(session))


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret[:LONGEST_PROOF].encode("utf-8", "replace")).digest()
