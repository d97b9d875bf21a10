"""Random damages of a Parquet or CSV file: of rows, columns, types and cells."""

import csv
import io
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

# Takes the content of a file and the generator; returns the damaged content.
Mutation = Callable[[bytes, np.random.Generator], bytes]
DEEP = 5000  # levels of nesting, far beyond `pilotnet.common.reading.MAX_DEPTH`
ODD_CELLS = [
    "nan",
    "inf",
    "-1",
    "",
    "x" * 200_000,
    "../../secret",
    "1e400",
    "\x00",
    '"',
    "9" * 5000,
]


def _table(change: Callable[[pa.Table, np.random.Generator], pa.Table]) -> Mutation:
    def mutate(content: bytes, draw: np.random.Generator) -> bytes:
        sink = io.BytesIO()
        pq.write_table(change(pq.ParquetFile(io.BytesIO(content)).read(), draw), sink)
        return sink.getvalue()

    return mutate


def _column(
    table: pa.Table, draw: np.random.Generator, kind: Callable[[pa.DataType], bool] = lambda _: True
) -> int:
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
    return table.set_column(
        place, table.schema.field(place), pa.array(values, table.schema.types[place])
    )


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
        _rows_cut,
        _row_twice,
        _columns_swapped,
        _number_changed,
        _number_changed,
        _wrong_type,
        _column_gone,
        _huge_text,
    )
]


def _rows(change: Callable[[list[list[str]], np.random.Generator], list[list[str]]]) -> Mutation:
    def mutate(content: bytes, draw: np.random.Generator) -> bytes:
        sink = io.StringIO(newline="")
        csv.writer(sink).writerows(
            change(list(csv.reader(io.StringIO(content.decode(), newline=""))), draw)
        )
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
    *map(
        _rows,
        (_csv_rows_cut, _csv_row_twice, _csv_cell, _csv_cell, _csv_digit, _csv_columns_swapped),
    ),
    _semicolons,
    _byte_order_mark,
]
