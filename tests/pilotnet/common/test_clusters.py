"""Recordings and evaluations on a local Ray and a local Dask cluster equal those of processes."""

import subprocess
import sys
from pathlib import Path

import pytest

from pilotnet.common.clusters import Cluster, active_cluster, on_backend
from pilotnet.common.parallel import in_parallel
from pilotnet.data.store import Dataset

EVALUATE = ("evaluate", "expert", "straight", "--episodes", "3", "--length", "60")
RECORD = ("record", "--episodes", "2", "--validation-episodes", "1", "--length", "50")


def run(words: tuple[str, ...], out: Path) -> None:
    """Run a command with two workers, without the tests' filters of warnings."""
    command = [sys.executable, "-m", "pilotnet", *words, "--workers", "2", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording and an evaluation by local processes."""
    folder = tmp_path_factory.mktemp("local")
    run(EVALUATE, folder / "results")
    run(RECORD, folder / "data")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["ray", "dask"])
def test_a_cluster_gives_the_same_rows(backend: str, local: Path, tmp_path: Path) -> None:
    run((*EVALUATE, "--backend", backend), tmp_path / "results")
    for path in ("results/episodes.csv", "results/scores.json"):
        assert (tmp_path / path).read_bytes() == (local / path).read_bytes()
    run((*RECORD, "--backend", backend), tmp_path / "data")
    assert Dataset.open(tmp_path / "data").fingerprint() == (
        Dataset.open(local / "data").fingerprint()
    )


def test_jobs_go_out_in_batches_and_come_back_in_order() -> None:
    cluster = Cluster("threading", 1)
    started: list[int] = []
    results = cluster.results(started.append, [(number,) for number in range(10)])
    next(results)
    assert len(started) == 4
    list(results)
    assert started == list(range(10))


def test_local_processes_are_no_cluster() -> None:
    with on_backend("local"):
        assert active_cluster() is None
        assert list(in_parallel(abs, [(-1,), (2,)], 1)) == [1, 2]


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    message = r"distributed is not installed; install it with: pip install 'pilotnet\[cluster\]'"
    with pytest.raises(ValueError, match=message), on_backend("dask"):
        pass
