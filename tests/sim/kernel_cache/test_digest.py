"""The digest of a kernel covers what its compiled code depends on."""

import subprocess
import sys
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

import numba
import numpy as np
import pytest
from numba.core import types

from sim.jit import exact
from sim.kernel_cache import KERNELS
from sim.kernel_cache.digest import _own_part, code_digest, describe_type, types_digest
from tests.sim.kernel_cache.small import child_environment


class Level(IntEnum):
    """A constant of an enumeration."""

    LOW = 1


TABLE = np.arange(3.0)
PAIR = (1, 2.0)


class Point(NamedTuple):
    """A record of two numbers."""

    x: float
    y: float


class Turned(NamedTuple):
    """The same fields in the other order."""

    y: float
    x: float


@exact
def reading(i: int) -> float:
    return TABLE[i] + PAIR[1] + Level.LOW


@exact
def choosing(word: str) -> bool:
    return word in {"one", "two", "three", "four"}


@pytest.mark.parametrize(
    ("name", "value"),
    [("TABLE", np.arange(1.0, 4.0)), ("PAIR", (1, 2.5)), ("Level", IntEnum("Level", {"LOW": 2}))],
)
def test_the_digest_changes_with_the_constants_that_are_read(
    name: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = code_digest(reading)
    _own_part.cache_clear()
    assert code_digest(reading) == before
    _own_part.cache_clear()
    monkeypatch.setitem(globals(), name, value)
    assert code_digest(reading) != before
    _own_part.cache_clear()


def test_the_digest_is_the_same_in_every_process() -> None:
    program = "import tests.sim.kernel_cache.test_digest as t; print(t.code_digest(t.reading), t.code_digest(t.choosing))"
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            env=child_environment(PYTHONHASHSEED=seed),
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
    assert len(digests.pop().split()) == 2


def test_record_types_are_described_with_their_fields() -> None:
    number = types.float64
    point, turned = (types.NamedUniTuple(number, 2, record) for record in (Point, Turned))
    assert "('x', 'y')" in describe_type(point)
    assert describe_type(point) != describe_type(turned)
    nested = types.Tuple([point, types.int64])
    assert describe_type(point) in describe_type(nested)
    assert types_digest((number,), "one processor") != types_digest((number,), "another")
    assert types_digest((number,), "one processor") != types_digest(
        (types.float32,), "one processor"
    )


def test_a_function_as_an_argument_is_refused() -> None:
    with pytest.raises(TypeError, match="takes the function"):
        describe_type(numba.typeof(reading))


def test_digests_of_all_kernels_describe_values_and_read_no_source_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import pilotnet.modular.lanes.finder
    import pilotnet.modular.planning.planner  # noqa: F401

    def no_source(path: Path) -> bytes:
        raise AssertionError(f"the digest reads the source file {path}")

    _own_part.cache_clear()
    monkeypatch.setattr(Path, "read_bytes", no_source)
    digests = [code_digest(kernel) for kernel in KERNELS]
    assert len(digests) > 200
