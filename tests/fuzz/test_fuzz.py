"""Damaged files of every kind are refused in one line that names the file, or read unchanged.

Reading one takes neither long nor much memory, and opens no file outside of its folder.
"""

import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest

from tests.fuzz.mutations import mutate
from tests.fuzz.samples import SAMPLES, Sample, make_samples

INPUTS = 11  # damaged files of each of the 30 kinds: 330 in the normal suite
MANY_INPUTS = 110  # damaged files of each kind with `-m slow`: 3,300
READ_TIMEOUT = 20  # [s] for one input
MAX_MEMORY = 500  # [MB] by which reading all inputs of a kind may grow the process
MAX_MESSAGE = 1000  # [characters], of which most are paths
ROOT = Path(__file__).resolve().parents[2]
READABLE = tuple(
    map(str, (ROOT, sys.prefix, sys.base_prefix, "/proc", "/sys", "/dev", "/usr", "/etc"))
)
opened: list[str] | None = None  # paths that were opened; None while they are not recorded


class TooLongError(BaseException):
    """Reading took too long. Not an Exception, so that no `except` of the program catches it."""


def note_open(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and opened is not None and isinstance(arguments[0], str):
        opened.append(arguments[0])


sys.addaudithook(note_open)


@contextmanager
def watched(folder: Path) -> Iterator[None]:
    """Raise TooLongError after READ_TIMEOUT.

    Raise AssertionError when a file was opened that is neither in the folder nor READABLE.
    """
    global opened  # written by the audit hook, which Python cannot remove again

    def stop(_: int, __: FrameType | None) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(READ_TIMEOUT)
    opened = []
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
        paths = opened
        opened = None
    outside = [
        path for path in paths if not str(Path(path).resolve()).startswith((str(folder), *READABLE))
    ]
    assert not outside


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("fuzz") / "samples"
    root.mkdir()
    (root.parent / "secret").write_text("not to be read")
    make_samples(root)
    return root


def judge(sample: Sample, folder: Path, original: Any) -> str | None:
    """Return a description of what went failure when a damaged file was read, None if nothing did.

    original: what `sample.read` returned before the damage.
    """
    try:
        with watched(folder):
            found = sample.read(folder)
    except TooLongError:
        return f"takes more than {READ_TIMEOUT} s"
    except (ValueError, OSError) as error:
        message = str(error)
        named = str(folder) in message or (sample.trusted and Path(sample.path).stem in message)
        if "\n" in message or not named or len(message) > MAX_MESSAGE:
            return f"message: {message[:300]!r}"
        return None
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:300]}"
    return None if sample.trusted or found == original else "accepted with other contents"


def memory() -> float:
    """Return the peak memory of the process [MB]."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def fuzz(kind: str, root: Path, numbers: range) -> list[str]:
    """Read one kind of file with damages that are drawn from these numbers; return the failures."""
    sample = SAMPLES[kind]
    path = root / sample.path
    folder = root / Path(sample.path).parts[0]
    content = path.read_bytes()
    original = sample.read(folder)
    used = memory()
    failures = []
    for number in numbers:
        name, damaged = mutate(
            content, path.suffix, np.random.default_rng([list(SAMPLES).index(kind), number])
        )
        path.write_bytes(damaged)
        try:
            failure = judge(sample, folder, original)
        finally:
            path.write_bytes(content)
        if failure:
            failures.append(f"{kind} {number} {name}: {failure}")
    grown = memory() - used
    if grown > MAX_MEMORY:
        failures.append(f"{kind}: {grown:.0f} MB more memory")
    return failures


@pytest.mark.parametrize("kind", SAMPLES)
def test_damage_is_refused_in_one_line_or_changes_nothing(kind: str, samples: Path) -> None:
    assert fuzz(kind, samples, range(INPUTS)) == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", SAMPLES)
def test_ten_times_as_many_damages_are_refused_or_change_nothing(kind: str, samples: Path) -> None:
    assert fuzz(kind, samples, range(INPUTS, INPUTS + MANY_INPUTS)) == []
