"""Ways to damage a file, drawn from a generator: bytes of any file, and the structure of each kind of file."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

Mutation = Callable[[bytes, np.random.Generator], bytes]
DEEP = 5000
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]\n" for i in range(1, 30))
ODD_VALUES = ["'../../secret'", "null", ".nan", "-1", "1.0e+400", "[]", "{}", "'" + "x" * 5000 + "'", "9" * 5000, "true", "''"]
ODD_CELLS = ["nan", "inf", "-1", "", "x" * 200_000, "../../secret", "1e400", "\x00", '"', "9" * 5000]


def truncated(content: bytes, draw: np.random.Generator) -> bytes:
    return content[: draw.integers(len(content))]


def emptied(_: bytes, __: np.random.Generator) -> bytes:
    return b""


def flipped(content: bytes, draw: np.random.Generator) -> bytes:
    changed = bytearray(content)
    for place in draw.integers(len(content), size=draw.integers(1, 9)):
        changed[place] ^= 1 << int(draw.integers(8))
    return bytes(changed)


def zeroed(content: bytes, draw: np.random.Generator) -> bytes:
    first, end = sorted(draw.integers(len(content) + 1, size=2))
    return content[:first] + bytes(end - first) + content[end:]


def garbled(content: bytes, draw: np.random.Generator) -> bytes:
    first = int(draw.integers(len(content)))
    end = min(first + int(draw.integers(1, 300)), len(content))
    return content[:first] + draw.bytes(end - first) + content[end:]


def cut_out(content: bytes, draw: np.random.Generator) -> bytes:
    first, end = sorted(draw.integers(len(content) + 1, size=2))
    return content[:first] + content[end:]


def grown(content: bytes, draw: np.random.Generator) -> bytes:
    place = int(draw.integers(len(content) + 1))
    return content[:place] + draw.bytes(int(draw.integers(1, 100))) + content[place:]


def replaced(_: bytes, draw: np.random.Generator) -> bytes:
    """Another kind of file in its place, such as a playlist that names a file elsewhere."""
    others = [
        b"ffconcat version 1.0\nfile '/etc/hostname'\n",
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n",
        b"\x00" * 100,
        b"{}",
    ]
    return others[draw.integers(len(others))]


BYTES: list[Mutation] = [truncated, emptied, flipped, flipped, flipped, zeroed, garbled, cut_out, grown, replaced]


def _table(change: Callable[[pa.Table, np.random.Generator], pa.Table]) -> Mutation:
    def mutate(content: bytes, draw: np.random.Generator) -> bytes:
        sink = io.BytesIO()
        pq.write_table(change(pq.ParquetFile(io.BytesIO(content)).read(), draw), sink)
        return sink.getvalue()

    return mutate


def _column(table: pa.Table, draw: np.random.Generator, kind: Callable[[pa.DataType], bool] = lambda _: True) -> int:
    return int(draw.choice([i for i, field in enumerate(table.schema) if kind(field.type)]))


def _rows_cut(table: pa.Table, draw: np.random.Generator) -> pa.Table:
    return table.filter(pa.array(draw.random(table.num_rows) > 0.3))


def _row_twice(table: pa.Table, draw: np.random.Generator) -> pa.Table:
    row = int(draw.integers(table.num_rows))
    return pa.concat_tables([table.slice(0, row + 1), table.slice(row, 1), table.slice(row + 1)])


def _columns_swapped(table: pa.Table, draw: np.random.Generator) -> pa.Table:
    one = _column(table, draw)
    two = _column(table, draw, lambda kind: kind == table.schema.types[one])
    names = table.column_names
    names[one], names[two] = names[two], names[one]
    return table.rename_columns(names).select(table.column_names)


def _number_changed(table: pa.Table, draw: np.random.Generator) -> pa.Table:
    try:
        place = _column(table, draw, pa.types.is_floating)
    except ValueError:
        place = _column(table, draw, pa.types.is_integer)
    values = table.column(place).to_pylist()
    floating = pa.types.is_floating(table.schema.types[place])
    odd = [np.nan, np.inf, -np.inf, 1e30, -5.0, 0.001] if floating else [-1, 2**62, 7]
    values[draw.integers(len(values))] = odd[draw.integers(len(odd))]
    return table.set_column(place, table.schema.field(place), pa.array(values, table.schema.types[place]))


def _wrong_type(table: pa.Table, draw: np.random.Generator) -> pa.Table:
    place = _column(table, draw)
    name = table.column_names[place]
    columns = [
        pa.array(["x"] * table.num_rows),
        pa.array([None] * table.num_rows, pa.float32()),
        pa.array([[1]] * table.num_rows),
    ]
    return table.set_column(place, name, columns[draw.integers(len(columns))])


def _column_gone(table: pa.Table, draw: np.random.Generator) -> pa.Table:
    return table.remove_column(_column(table, draw))


def _huge_text(table: pa.Table, draw: np.random.Generator) -> pa.Table:
    place = _column(table, draw, pa.types.is_string)
    texts = ["[" * DEEP, "{" * DEEP, "x" * 300_000, '{"road": "rural", "seed": 1.5}', "NaN", None]
    values = [texts[draw.integers(len(texts))]] * table.num_rows
    return table.set_column(place, table.column_names[place], pa.array(values, pa.string()))


TABLES = [
    _table(change)
    for change in (
        _rows_cut, _row_twice, _columns_swapped, _number_changed, _number_changed, _wrong_type, _column_gone, _huge_text,
    )
]  # fmt: skip


def _json_changed(content: bytes, draw: np.random.Generator) -> bytes:
    value = json.loads(content)
    changed_value(value, draw)
    return json.dumps(value).encode()


def changed_value(value: dict[str, Any], draw: np.random.Generator) -> None:
    """Change one place of a JSON object: a value, a key, or a key too many."""
    place = value
    while nested := [item for item in place.values() if isinstance(item, dict) and item]:
        if draw.random() < 0.3:
            break
        place = nested[draw.integers(len(nested))]
    odd = [None, -1, 1e308, 2**70, "../../secret", "x" * 5000, [], {}, True, 1.5, float("nan"), [[[[1]]]]]
    key = list(place)[draw.integers(len(place))]
    match int(draw.integers(4)):
        case 0:
            del place[key]
        case 1:
            place["../../secret"] = place.pop(key)
        case 2:
            place["more"] = 1
        case _:
            place[key] = odd[draw.integers(len(odd))]


def _json_deep(content: bytes, draw: np.random.Generator) -> bytes:
    word = b"[" if draw.random() < 0.5 else b'{"a":'
    return content.replace(b": {", b": " + word * DEEP + b"{", 1)


def _json_twice(content: bytes, draw: np.random.Generator) -> bytes:
    keys = [line.split(b":")[0].strip() for line in content.splitlines() if b'": ' in line]
    return content.replace(b"{", b"{" + keys[draw.integers(len(keys))] + b": 1,", 1)


JSONS: list[Mutation] = [_json_changed, _json_changed, _json_changed, _json_deep, _json_twice]


def _yaml_value(content: bytes, draw: np.random.Generator) -> bytes:
    lines = content.decode().splitlines()
    places = [i for i, line in enumerate(lines) if ": " in line or line.endswith(":")]
    place = places[draw.integers(len(places))]
    lines[place] = lines[place].split(":")[0] + ": " + ODD_VALUES[draw.integers(len(ODD_VALUES))]
    return "\n".join(lines).encode()


def _yaml_key(content: bytes, draw: np.random.Generator) -> bytes:
    lines = content.decode().splitlines()
    place = draw.integers(len(lines))
    return "\n".join([*lines[:place], lines[place].replace(":", "x:", 1), *lines[place + 1 :]]).encode()


def _yaml_line(content: bytes, draw: np.random.Generator) -> bytes:
    lines = content.decode().splitlines()
    place = draw.integers(len(lines))
    copies = 2 if draw.random() < 0.5 else 0
    return "\n".join([*lines[:place], *[lines[place]] * copies, *lines[place + 1 :]]).encode()


def _yaml_bomb(content: bytes, _: np.random.Generator) -> bytes:
    return content + BOMB.encode()


def _yaml_loop(content: bytes, _: np.random.Generator) -> bytes:
    return content + b"loop: &loop [*loop]\n"


def _yaml_deep(content: bytes, draw: np.random.Generator) -> bytes:
    word, end = [("[", "]"), ("{a: ", "}"), ("- ", "")][draw.integers(3)]
    return content + f"deep: {word * DEEP}{end * DEEP}\n".encode()


def _yaml_tag(content: bytes, draw: np.random.Generator) -> bytes:
    tags = ["!!python/object/apply:os.system [ls]", "!!timestamp x", "!!bool maybe", "!!int x", "!!binary x", "2001-99-99"]
    return content + f"tag: {tags[draw.integers(len(tags))]}\n".encode()


YAMLS: list[Mutation] = [
    _yaml_value,
    _yaml_value,
    _yaml_value,
    _yaml_key,
    _yaml_line,
    _yaml_bomb,
    _yaml_loop,
    _yaml_deep,
    _yaml_tag,
]


def _rows(change: Callable[[list[list[str]], np.random.Generator], list[list[str]]]) -> Mutation:
    def mutate(content: bytes, draw: np.random.Generator) -> bytes:
        sink = io.StringIO(newline="")
        csv.writer(sink).writerows(change(list(csv.reader(io.StringIO(content.decode(), newline=""))), draw))
        return sink.getvalue().encode()

    return mutate


def _csv_rows_cut(rows: list[list[str]], draw: np.random.Generator) -> list[list[str]]:
    return [rows[0], *(row for row in rows[1:] if draw.random() > 0.4)]


def _csv_row_twice(rows: list[list[str]], draw: np.random.Generator) -> list[list[str]]:
    return [*rows, rows[draw.integers(1, len(rows))]]


def _csv_cell(rows: list[list[str]], draw: np.random.Generator) -> list[list[str]]:
    row = rows[draw.integers(len(rows))]
    row[draw.integers(len(row))] = ODD_CELLS[draw.integers(len(ODD_CELLS))]
    return rows


def _csv_digit(rows: list[list[str]], draw: np.random.Generator) -> list[list[str]]:
    row = rows[draw.integers(1, len(rows))]
    row[-2] = row[-2] + "1"
    return rows


def _csv_columns_swapped(rows: list[list[str]], draw: np.random.Generator) -> list[list[str]]:
    one, two = draw.integers(len(rows[0]), size=2)
    for row in rows[1:]:
        row[one], row[two] = row[two], row[one]
    return rows


def _semicolons(content: bytes, _: np.random.Generator) -> bytes:
    return content.replace(b",", b";")


def _byte_order_mark(content: bytes, _: np.random.Generator) -> bytes:
    return b"\xef\xbb\xbf" + content


CSVS: list[Mutation] = [
    *map(_rows, (_csv_rows_cut, _csv_row_twice, _csv_cell, _csv_cell, _csv_digit, _csv_columns_swapped)),
    _semicolons,
    _byte_order_mark,
]


def _header_changed(content: bytes, draw: np.random.Generator) -> bytes:
    """Another value, key or nesting in the settings of a safetensors header."""
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    settings = header["__metadata__"]
    if draw.random() < 0.3:
        changed_value(header, draw)
    else:
        key = list(settings)[draw.integers(len(settings))]
        texts = ["[" * DEEP, "{}", "null", '{"width": 1e9}', "NaN", "x", '"x"', '{"width": "wide", "height": 66}']
        settings[key] = texts[draw.integers(len(texts))]
        if draw.random() < 0.3:
            del settings[key]
    encoded = json.dumps(header).encode()
    return len(encoded).to_bytes(8, "little") + encoded + content[8 + length :]


def _weight_changed(content: bytes, draw: np.random.Generator) -> bytes:
    length = int.from_bytes(content[:8], "little")
    place = 8 + length + 4 * int(draw.integers((len(content) - 8 - length) // 4))
    value = np.float32([np.nan, np.inf, 0.1, -7e20][draw.integers(4)])
    return content[:place] + value.tobytes() + content[place + 4 :]


WEIGHTS: list[Mutation] = [_header_changed, _header_changed, _weight_changed]
OF_SUFFIX = {".parquet": TABLES, ".json": JSONS, ".yaml": YAMLS, ".csv": CSVS, ".safetensors": WEIGHTS, ".mp4": []}


def mutate(content: bytes, suffix: str, draw: np.random.Generator) -> tuple[str, bytes]:
    """A damage drawn from those that fit the kind of file, half of them of its bytes, with its name."""
    structured = OF_SUFFIX[suffix]
    chosen = structured if structured and draw.random() < 0.6 else BYTES
    mutation = chosen[draw.integers(len(chosen))]
    return mutation.__name__, mutation(content, draw)
