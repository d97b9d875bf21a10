"""Read files that may be damaged or hostile: limits of size and depth, checked structure, and
errors that name the file.

Every YAML, JSON and CSV file is read by `load_yaml`, `load_json` or `read_rows`. All their messages
are one line.
"""

import csv
import errno
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import msgspec
import yaml

from sim.types import quoted

# [bytes] of a YAML or JSON file; the largest that the package writes, info.json, has about 10 kB
MAX_BYTES = 1_000_000
MAX_TABLE_BYTES = 100_000_000  # [bytes] of a CSV file; a row of episodes.csv has about 500
MAX_DEPTH = 32  # nested lists and mappings; the package's own files have 5 levels at most
MAX_ALIASED = 1_000  # values that all aliases of a YAML file may repeat together
# [characters] length to which other libraries' messages, which may repeat contents, are cut
LONGEST_REASON = 120
LOADER: Any = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # libyaml's is ten times faster, but optional in PyYAML

Structure = TypeVar("Structure")


class DamagedFileError(ValueError):
    """A file is missing or has wrong contents. A file without read permission raises a plain
    ValueError instead.
    """


@contextmanager
def readable(path: Path, kind: str) -> Iterator[None]:
    """Turn errors of the body, which opens and reads `path`, into one line that names it.

    Raises DamagedFileError when the file is missing or is no readable `kind`, such as `parquet
    file`. Raises ValueError when the system refuses to read it, because such a file may be
    undamaged.
    """
    try:
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise DamagedFileError(f"{path} is missing") from None
    except PermissionError:
        raise ValueError(
            f"{path} may not be read by this user; change its permissions or those of its folder"
        ) from None
    except OSError as error:
        # For wrong contents, libraries raise OSError without one of the system's error numbers.
        if error.errno in (None, 0, errno.EINVAL) or not error.strerror:
            raise DamagedFileError(
                f"{path} is not a readable {kind}; it is damaged or truncated"
            ) from None
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, MemoryError):
        raise DamagedFileError(
            f"{path} is not a readable {kind}; it is damaged or truncated"
        ) from None


def read_text(path: Path, kind: str, limit: int = MAX_BYTES) -> str:
    """Return the UTF-8 text of a file, without a byte order mark; raises as `readable` does, and
    for more than `limit` bytes.
    """
    with readable(path, kind):
        with path.open("rb") as file:
            content = file.read(limit + 1)
        if len(content) > limit:
            raise DamagedFileError(
                f"{path} has more than {limit} bytes; a {kind} of this package has fewer"
            )
        return content.decode("utf-8-sig")


def load_yaml(source: Path | str) -> Any:
    """Return the plain values of a YAML file (Path) or text (str).

    Raises DamagedFileError for a missing file, wrong syntax, tags, duplicate keys, and beyond the
    limits MAX_BYTES, MAX_DEPTH and MAX_ALIASED. Raises ValueError for a file that may not be read.
    """
    name = source if isinstance(source, Path) else "the text"
    text = read_text(source, "YAML file") if isinstance(source, Path) else source
    try:
        check_yaml(text)
        return _one_document(text)
    except yaml.YAMLError as error:
        raise DamagedFileError(f"{name} is not readable YAML: {_first_line(error)}") from None
    except (ValueError, RecursionError) as error:
        raise DamagedFileError(f"{name} is not usable YAML: {_first_line(error)}") from None


class _Loader(LOADER):
    """The safe loader with a check for duplicate keys, of which PyYAML silently takes the last."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Return a mapping; raises ValueError for a duplicate key."""
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        twice = (
            next((key for key in keys if keys.count(key) > 1), None)
            if len(keys) != len(set(keys))
            else None
        )
        if twice is not None:
            raise ValueError(f"the key {quoted(twice)} comes twice")
        return dict(super().construct_mapping(node, deep))


def _one_document(text: str) -> Any:
    loader = _Loader(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def check_yaml(text: str) -> None:  # noqa: C901 - one loop over the kinds of events
    """Raise ValueError for nesting, aliases and tags beyond the limits, before any value is built."""
    sizes: dict[str, int] = {}  # values below each anchor, with the values that aliases repeat
    open_nodes: list[tuple[str | None, int]] = []  # (anchor, number of values before it)
    count = aliased = 0
    for event in yaml.parse(text, Loader=LOADER):
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise ValueError(f"it has the tag {quoted(tag)}; tags are not allowed")
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in sizes:
                raise ValueError(
                    f"the alias {quoted(event.anchor)} stands inside of what it repeats, or "
                    f"before it"
                )
            aliased += sizes[event.anchor]
            count += sizes[event.anchor]
            if aliased > MAX_ALIASED:
                raise ValueError(f"its aliases repeat more than {MAX_ALIASED} values")
        elif isinstance(event, yaml.CollectionStartEvent):
            open_nodes.append((event.anchor, count))
            count += 1
            if len(open_nodes) > MAX_DEPTH:
                raise ValueError(f"it is nested more than {MAX_DEPTH} deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_nodes.pop()
            if anchor is not None:
                sizes[anchor] = count - before
        elif isinstance(event, yaml.ScalarEvent):
            count += 1
            if event.anchor is not None:
                sizes[event.anchor] = 1


def load_json(source: Path | str, name: str = "the text", infinite: bool = False) -> Any:
    """Return the value of a JSON file (Path), or of a JSON text (str) that messages call `name`.

    infinite: whether to accept Infinity and NaN, which Python writes.

    Raises DamagedFileError for a missing file, wrong syntax, NaN, duplicate keys, and beyond the
    limits MAX_BYTES and MAX_DEPTH.
    Raises ValueError for a file that may not be read.
    """
    if isinstance(source, Path):
        name = str(source)
        text = read_text(source, "JSON file")
    else:
        text = source
    try:
        if len(text) > MAX_BYTES:
            raise ValueError(f"it has more than {MAX_BYTES} characters")
        value = json.loads(
            text,
            parse_constant=float if infinite else _refuse_constant,
            object_pairs_hook=_without_duplicates,
        )
        _check_depth(value)
    except RecursionError:
        raise DamagedFileError(
            f"{name} is not usable JSON: it is nested more than {MAX_DEPTH} deep"
        ) from None
    except json.JSONDecodeError:
        raise DamagedFileError(f"{name} is not readable JSON; it is damaged or truncated") from None
    except ValueError as error:
        raise DamagedFileError(f"{name} is not usable JSON: {_first_line(error)}") from None
    return value


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"it holds {word}; numbers must be finite")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(
            f"the key {quoted(next(key for key in keys if keys.count(key) > 1))} comes twice"
        )
    return found


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [
            part
            for one in level
            if isinstance(one, dict | list)
            for part in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return
    raise ValueError(f"it is nested more than {MAX_DEPTH} deep")


def read_rows(
    path: Path, columns: Sequence[str], optional: Sequence[str] | None = ()
) -> list[dict[str, str]]:
    """Return the rows of a CSV file with a header, as text by column.

    columns: required names.
    optional: further allowed names, None for any.

    Raises DamagedFileError for a missing file, wrong syntax, a missing or unknown column, and a row
    of another length than the header. Raises ValueError for a file that may not be read.
    """
    text = read_text(path, "CSV file", MAX_TABLE_BYTES)
    try:
        header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    except csv.Error as error:
        raise DamagedFileError(f"{path} is damaged: {error}") from None
    except ValueError:
        raise DamagedFileError(f"{path} is empty; it must begin with a header") from None
    if len(header) == 1 and len(columns) > 1 and (";" in header[0] or "\t" in header[0]):
        raise DamagedFileError(
            f"{path} has no commas between its columns; a spreadsheet saved it: save it as CSV "
            f"with commas"
        )
    absent = [name for name in columns if name not in header]
    unknown = [
        name for name in header if optional is not None and name not in (*columns, *optional)
    ]
    unknown += [name for name in header if header.count(name) > 1]
    if absent or unknown:
        wrong = (
            f"lacks the column {absent[0]}"
            if absent
            else f"has the column {quoted(unknown[0])}, unknown or twice"
        )
        raise DamagedFileError(f"{path} is damaged: it {wrong}; it must have {', '.join(columns)}")
    for number, row in enumerate(rows, 1):
        if len(row) != len(header):
            raise DamagedFileError(
                f"{path} is damaged: row {number} has {len(row)} values; the header has "
                f"{len(header)}"
            )
    return [dict(zip(header, row, strict=True)) for row in rows]


def structured(value: Any, kind: type[Structure], name: object) -> Structure:
    """Return plain values as a `kind`: a msgspec.Struct, a dataclass, or a type of lists and
    mappings.

    Raises DamagedFileError, with a message that begins with `name`, for a wrong type, a missing key
    and an unknown key.
    """
    if is_dataclass(kind) and isinstance(value, dict):
        unknown = set(value) - {field.name for field in fields(kind)}
        if unknown:
            raise DamagedFileError(f"{name} has the unknown key {quoted(min(unknown, key=str))}")
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise DamagedFileError(f"{name} is damaged: {_in_words(error)}") from None


def _in_words(error: msgspec.ValidationError) -> str:
    """Return msgspec's message in the form `steering.number: expected int, got str`."""
    what, _, place = str(error).replace("`", "").partition(" - at ")
    what = what.replace("Object contains unknown field", "it has the unknown key")
    what = what.replace("Object missing required field", "it lacks the key")
    what = f"{what[:1].lower()}{what[1:LONGEST_REASON]}"
    place = place.removeprefix("$").removeprefix(".")
    return f"{place}: {what}" if place else what


def _first_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:LONGEST_REASON]
