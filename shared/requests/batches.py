"""Read the lines of a batch from JSON lines or CSV. Each line is a request of its own."""

import csv
import re
from collections.abc import Iterator, Mapping
from io import StringIO

import msgspec
from msgspec import Struct

from shared.domain.batch import Batch, BatchFormat
from shared.domain.errors import InvalidRequestError
from shared.domain.video import Lane
from shared.requests.bodies import BatchLineBody
from shared.requests.commands import batch_line
from shared.requests.parsing import (
    fields_of,
    from_json,
    from_values,
    syntax_error,
    without_mark,
)
from shared.requests.repeated_keys import require_keys_once
from shared.use_cases.batch_lines import Line

_ENTRY = re.compile(r"(business_context|metadata)\[([^\[\]]+)\]")
_COLUMNS = tuple(field.encode_name for field in msgspec.structs.fields(BatchLineBody))
_OBJECTS = fields_of(BatchLineBody, dict)
_LISTS = fields_of(BatchLineBody, list)


class _RawLine(Struct, frozen=True, kw_only=True):
    """`content` is JSON, the cells of a row of CSV, or why the line cannot be read."""

    number: int
    content: bytes | Mapping[str, str] | InvalidRequestError


class BatchLines:
    """The lines of one file; each is decoded when it is asked for. Blank lines do not count."""

    def __init__(
        self,
        content: bytes,
        form: BatchFormat,
        *,
        default_model: str,
        priority: Lane = Lane.BULK,
        requested_by: str | None = None,
    ) -> None:
        """Raise InvalidRequestError if no line can be read."""
        split = _rows if form is BatchFormat.CSV else _lines
        self._raw = tuple(split(without_mark(content, "file")))
        self._default_model = default_model
        self._priority = priority
        self._requested_by = requested_by

    def __len__(self) -> int:
        return len(self._raw)

    def read(self, first: int, count: int) -> tuple[Line, ...]:
        """Return up to `count` lines from `first`, counted from 0."""
        return tuple(map(self._line, self._raw[first : first + count]))

    def _line(self, raw: _RawLine) -> Line:
        campaign_id = ""
        try:
            body = _body(raw.content)
            campaign_id = body.campaign_id
            request = batch_line(
                body,
                self._default_model,
                priority=self._priority,
                requested_by=self._requested_by,
            )
        except InvalidRequestError as error:
            return Line(number=raw.number, campaign_id=campaign_id, error=error)
        return Line(number=raw.number, campaign_id=campaign_id, request=request)


def lines_of(batch: Batch, content: bytes) -> BatchLines:
    """Return the lines of a batch that was accepted."""
    return BatchLines(
        content,
        batch.format,
        default_model=batch.default_model,
        priority=batch.priority,
        requested_by=batch.requested_by,
    )


def _body(content: bytes | Mapping[str, str] | InvalidRequestError) -> BatchLineBody:
    if isinstance(content, InvalidRequestError):
        raise content
    if isinstance(content, bytes):
        return from_json(content, BatchLineBody, part="line")
    return from_values(_values(content), BatchLineBody)


def _lines(content: bytes) -> Iterator[_RawLine]:
    for number, line in enumerate(content.split(b"\n"), start=1):
        if stripped := line.strip():
            yield _RawLine(number=number, content=stripped)


def _rows(content: bytes) -> Iterator[_RawLine]:
    """A row may have several lines: its number is that of the first."""
    reader = csv.reader(StringIO(_text(content), newline=""), strict=True)
    try:
        header = next(reader, [])
        _require_columns(header)
        number = reader.line_num + 1
        for cells in reader:
            if any(map(str.strip, cells)):
                yield _RawLine(number=number, content=_cells(header, cells))
            number = reader.line_num + 1
    except csv.Error as error:
        raise InvalidRequestError(
            f"The file is not valid CSV near line {reader.line_num}: {error}."
        ) from error


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidRequestError(f"Line {line} is not valid UTF-8: {error.reason}.") from error


def _require_columns(header: list[str]) -> None:
    for name in header:
        if name not in _COLUMNS and not _ENTRY.fullmatch(name):
            known = ", ".join(_COLUMNS)
            raise InvalidRequestError(
                f"The header has the unknown column {name[:80]!r}. Columns are separated by "
                f"commas; known are: {known}, business_context[…], metadata[…].",
                param=name[:80],
            )
        if header.count(name) > 1:
            raise InvalidRequestError(f"The header has {name!r} more than once.", param=name)


def _cells(header: list[str], cells: list[str]) -> Mapping[str, str] | InvalidRequestError:
    """Return the cells that are not empty, by their columns."""
    if len(cells) != len(header):
        count = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
        return InvalidRequestError(f"The row has {count}, but the header has {len(header)}.")
    return {name: cell for name, cell in zip(header, cells, strict=True) if cell.strip()}


def _values(cells: Mapping[str, str]) -> dict[str, object]:
    """Objects are JSON, or a column for each entry; a list is JSON, or tags between commas."""
    values: dict[str, object] = {}
    entries: dict[str, dict[str, str]] = {}
    for name, cell in cells.items():
        if entry := _ENTRY.fullmatch(name):
            entries.setdefault(entry[1], {})[entry[2]] = cell
        elif name in _OBJECTS or (name in _LISTS and cell.lstrip().startswith("[")):
            values[name] = _json(name, cell)
        elif name == "tags":
            values[name] = [tag.strip() for tag in cell.split(",") if tag.strip()]
        else:
            values[name] = cell
    for name, given in entries.items():
        whole = values.get(name, {})
        if isinstance(whole, dict):
            for key in given.keys() & whole.keys():
                raise InvalidRequestError(f"The row has {key[:80]!r} more than once.", param=name)
            whole |= given
        values[name] = whole
    return values


def _json(name: str, cell: str) -> object:
    try:
        value: object = msgspec.json.decode(cell)
    except msgspec.DecodeError as error:
        reason = syntax_error(error)
    except RecursionError:
        reason = "it is nested too deeply"
    else:
        if isinstance(value, dict):
            require_keys_once(cell.encode(), name)
        return value
    raise InvalidRequestError(f"{name} is not valid JSON: {reason}.", param=name)
