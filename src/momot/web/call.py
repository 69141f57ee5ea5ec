"""What a handler is given: one request, read in full, with the app's state beside it. Handlers are plain functions of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from momot.errors import QuestionError
from momot.language import ENGLISH, Language, Message
from momot.web.guard import Visitor

if TYPE_CHECKING:
    from momot.web.state import State

LONGEST_BODY = 2_000_000
LONGEST_QUERY = 8_000
MOST_FIELDS = 2_000


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `query` and `form` keep the last value of a name, `lists` all of the form's."""

    state: State
    visitor: Visitor
    method: str
    path: str
    query: Mapping[str, str]
    cookies: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    content_type: str = ""
    wants_json: bool = False
    params: Mapping[str, str] = field(default_factory=dict)
    language: Language = ENGLISH  # of whoever reads the answer

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form."""
        return dict(self._fields())

    def lists(self, name: str) -> tuple[str, ...]:
        """All values of a field that may be chosen several times."""
        return tuple(value for key, value in self._fields() if key == name and value)

    def json(self, kind: type[Any]) -> Any:
        """The body as this struct. Raises QuestionError where it is something else."""
        if not self.content_type.startswith("application/json"):
            raise QuestionError("The body has to be JSON, with Content-Type: application/json.")
        try:
            return msgspec.json.decode(self.body, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise QuestionError(f"The body is not what is taken here: {error}.") from None

    @property
    def here(self) -> str:
        """Path and query, as a link to this page."""
        return address(self.path, self.query)

    def _fields(self) -> list[tuple[str, str]]:
        if not self.content_type.startswith("application/x-www-form-urlencoded"):
            raise QuestionError(Message("A form is sent as application/x-www-form-urlencoded."))
        try:
            return parse_qsl(self.body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError:
            raise QuestionError(Message("The form could not be read.")) from None


def address(path: str, query: Mapping[str, str | None] | None = None, **more: str | None) -> str:
    """A link of ours: path and query, names and values quoted, empty ones left out."""
    kept = {name: value for name, value in {**(query or {}), **more}.items() if value not in (None, "")}
    return f"{path}?{urlencode(kept)}" if kept else path
