"""XES, the interchange format of event logs (IEEE 1849-2016), as a stream of rows: one event a row, every value as text.

| in the log | here |
|---|---|
| attribute of an event | column named by its key: `concept:name`, `time:timestamp` |
| attribute of a trace | column `case:<key>`, the same in all rows of the trace |
| attribute in another one, a list or a container | column `outer/inner`; of several of one name in one event the first, the rest counted |
| `global`, `classifier`, `extension`, the log's own | no columns: a global says that an attribute is always there, with an example |

Parsed with expat, so that memory holds one event and one trace's attributes however long the log is. A document type is refused: XES needs
none, and entities can expand without bound.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast
from xml.parsers import expat

from momot.errors import DataError, NothingLeft, UnreadableSource

_VALUES = frozenset({"string", "date", "int", "float", "boolean", "id"})
_NESTS = frozenset({"list", "container"})
_ATTRIBUTES = _VALUES | _NESTS
_TRUTHS = {"1": "true", "0": "false"}  # xs:boolean may be written so
_CHUNK = 1 << 18
_LONGEST_TAG = 32 << 20  # bytes: a tag that goes on for longer is a broken file
Row = tuple[int, dict[str, str]]  # line on which the event begins, column -> value


@dataclass(slots=True)
class Told:
    """What the rows don't say: counts over the part of the log that has been read."""

    events: int = 0
    traces: int = 0
    traceless: int = 0  # events that stand in no trace
    eventless: int = 0  # traces without an event
    left_out: int = 0  # values of which an event or trace has several under one name, or that follow the trace's events
    left_out_names: dict[str, None] = field(default_factory=dict)
    promised: dict[str, int] = field(default_factory=dict)  # event attributes that a global declares -> events without them
    encoding: str = "utf-8"

    def notes(self, name: str) -> list[str]:
        """The counts as sentences about the file `name`."""
        found = []
        if self.traceless:
            found.append(f"{name}: {self.traceless:,} events stand in no trace: their columns case:… are empty.")
        if self.eventless:
            found.append(f"{name}: {self.eventless:,} traces have no event and give no row.")
        if self.left_out:
            shown = ", ".join(list(self.left_out_names)[:5])
            found.append(
                f"{name}: {self.left_out:,} values are left out: there are several of one name, or they follow the events ({shown})."
            )
        lacking = {key: events for key, events in self.promised.items() if events}
        if lacking:
            shown = ", ".join(f"{key} ({events:,})" for key, events in list(lacking.items())[:5]) + (", …" if len(lacking) > 5 else "")
            found.append(f"{name}: declared global, yet missing in some events, where they stay empty: {shown}.")
        return found


def read_events(path: Path, *, name: str, encoding: str | None = None, told: Told | None = None) -> Iterator[Row]:
    """The events of the log `path` (perhaps packed with gzip) in the order of the file.

    Raises NothingLeft for an empty file, and UnreadableSource, with the line, for anything that is no well-formed XES.
    """
    log = _Log(name, told if told is not None else Told(), encoding)
    empty = True
    with path.open("rb") as raw:
        packed = raw.peek(2)[:2] == b"\x1f\x8b"
        stream = cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if packed else raw
        while chunk := _next(stream, log):
            empty = False
            log.feed(chunk)
            yield from log.take()
    if empty:
        raise NothingLeft(f"{name} is empty: it has no events.")
    log.feed(b"", final=True)
    yield from log.take()


def _next(stream: BinaryIO, log: _Log) -> bytes:
    try:
        return stream.read(_CHUNK)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableSource(
            f"{log.name} is a broken gzip archive: {error} (after line {log.line}). Copy or download it again."
        ) from error


class _Log:
    """The state of the parser: where in the log it is, and the rows that are complete."""

    def __init__(self, name: str, told: Told, encoding: str | None) -> None:
        self.name, self.told = name, told
        self._parser = expat.ParserCreate(encoding)
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.XmlDeclHandler = self._declare
        self._fed = 0
        self._rows: list[Row] = []
        self._root = False
        self._trace: dict[str, str] | None = None
        self._event: dict[str, str] | None = None
        self._event_line = 0
        self._events_of_trace = 0
        self._path: list[str] = []  # keys of the attributes that are open
        self._scope: str | None = None  # of the open <global>

    @property
    def line(self) -> int:
        """The line that the parser has reached."""
        return int(self._parser.CurrentLineNumber)

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        """Parse more of the file."""
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as error:
            raise self._broken(error) from error
        except DataError:
            raise
        except (LookupError, ValueError) as error:  # an encoding that Python does not know, or has more than one byte a character
            raise UnreadableSource(f"{self.name}: {error}. Set encoding in [tables].") from error
        self._fed += len(chunk)
        if self._fed - self._parser.CurrentByteIndex > _LONGEST_TAG and not final:
            raise UnreadableSource(
                f"{self.name}: the tag on line {self.line} does not end within {_LONGEST_TAG >> 20} MB. Is it a whole XES file?"
            )

    def take(self) -> list[Row]:
        """The rows that are complete since the last call."""
        rows, self._rows = self._rows, []
        return rows

    def _broken(self, error: expat.ExpatError) -> UnreadableSource:
        what = expat.ErrorString(error.code) or "unknown error"
        early = error.code in _ENDS_EARLY
        if early and self._root:
            return UnreadableSource(f"{self.name} ends on line {error.lineno}, before its log does. Copy or export it again.")
        hint = "" if self._root else " Is it an XES file?"
        return UnreadableSource(f"{self.name} is no well-formed XML: {what} on line {error.lineno}.{hint}")

    def _refuse_doctype(self, *_: object) -> None:
        raise UnreadableSource(
            f"{self.name} declares a document type (line {self.line}). XES needs none, and its entities could expand without bound: "
            "take the <!DOCTYPE …> out."
        )

    def _declare(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self.told.encoding = (encoding or "utf-8").lower()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag in _ATTRIBUTES:
            self._attribute(tag, attributes)
        elif not self._root:
            self._root = True
            if tag != "log":
                raise UnreadableSource(f"{self.name} is XML but no XES: line {self.line} begins <{tag}>, not <log>.")
        elif tag == "event":
            self._event, self._event_line = {}, self.line
        elif tag == "trace":
            self._trace, self._events_of_trace = {}, 0
        elif tag == "global":
            self._scope = attributes.get("scope", "event")

    def _attribute(self, tag: str, attributes: dict[str, str]) -> None:
        key = attributes.get("key", "")
        if self._scope is not None:
            if self._scope == "event" and not self._path:
                self.told.promised[key] = 0
        elif self._event is not None or self._trace is not None:
            name = "/".join((*self._path, key)) if self._path else key
            value = attributes.get("value", "")
            if tag in _VALUES and value:
                self._keep(name, _TRUTHS.get(value, value) if tag == "boolean" else value)
        self._path.append(key)

    def _keep(self, name: str, value: str) -> None:
        trace = self._trace if self._trace is not None else {}
        row = self._event
        if row is None:
            row, name = trace, f"case:{name}"
        if name in row or name in trace or (row is trace and self._events_of_trace):
            self.told.left_out += 1
            self.told.left_out_names[name] = None
        else:
            row[name] = value

    def _end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag in _ATTRIBUTES:
            self._path.pop()
        elif tag == "event" and self._event is not None:
            self._finish(self._event)
            self._event = None
        elif tag == "trace":
            self.told.traces += 1
            self.told.eventless += not self._events_of_trace
            self._trace = None
        elif tag == "global":
            self._scope = None

    def _finish(self, event: dict[str, str]) -> None:
        told = self.told
        told.events += 1
        for key in told.promised.keys() - event.keys():
            told.promised[key] += 1
        if self._trace is None:
            told.traceless += 1
            self._rows.append((self._event_line, event))
        else:
            self._events_of_trace += 1
            self._rows.append((self._event_line, self._trace | event))


_ENDS_EARLY = {
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
}
