"""Clusters in place of local worker processes: Ray or Dask, through joblib's backends.

Within `on_backend("ray")` or `on_backend("dask:tcp://head:8786")` the parallel stages send their
jobs to that cluster. All its machines must see the output folder under the same path.
"""

import logging
import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

import joblib

from pilotnet.common.backend_names import LOCAL, split_backend
from sim.types import quoted

Result = TypeVar("Result")
JOBS_PER_CORE = 4  # in a batch; results of a batch are committed before the next one starts


@dataclass(frozen=True)
class Cluster:
    """A cluster that is connected; cores: of all its machines, at least 1."""

    backend: str
    cores: int

    def results(
        self, function: Callable[..., Result], jobs: Sequence[tuple[Any, ...]]
    ) -> Generator[Result, None, None]:
        """Call `function(*job)` for every job and yield the results in the order of the jobs.

        Jobs go out in batches, so that the caller can commit results as they come. The cluster
        itself repeats jobs of machines that fail.
        """
        size = JOBS_PER_CORE * self.cores
        for start in range(0, len(jobs), size):
            batch = jobs[start : start + size]
            with joblib.parallel_config(self.backend, n_jobs=self.cores):
                yield from joblib.Parallel()(joblib.delayed(function)(*job) for job in batch)


_active: ContextVar[Cluster | None] = ContextVar("cluster", default=None)


def active_cluster() -> Cluster | None:
    """Return the cluster of the enclosing `on_backend`, None for local worker processes."""
    return _active.get()


@contextmanager
def on_backend(text: str, workers: int = 0) -> Iterator[None]:
    """Send the parallel jobs of the body to a backend.

    text: `local`, `ray`, `dask`, or the last two with `:ADDRESS` of a running cluster. Without an
    address a cluster of `workers` processes (0: all cores) runs on this machine for the time of the
    body.

    Raises ValueError for another backend, and when its package is not installed.
    """
    name, address = split_backend(text)
    if name == LOCAL:
        yield
        return
    connect = _ray if name == "ray" else _dask
    try:
        connection = connect(address, workers or joblib.cpu_count())
        with connection as cluster:
            token = _active.set(cluster)
            try:
                yield
            finally:
                _active.reset(token)
    except ModuleNotFoundError as error:
        raise ValueError(
            f"backend is {quoted(text)}, but package {error.name} is not installed; "
            "install it with: pip install 'pilotnet[cluster]'"
        ) from None


@contextmanager
def _ray(address: str | None, workers: int) -> Iterator[Cluster]:
    """Connect to a Ray cluster, or run one on this machine."""
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # silences a notice
    import ray
    from ray.util.joblib import register_ray

    register_ray()
    ray.init(
        address,
        num_cpus=None if address else workers,
        include_dashboard=False,
        log_to_driver=False,
        logging_level=logging.ERROR,
    )
    try:
        yield Cluster("ray", max(int(ray.cluster_resources().get("CPU", 1)), 1))
    finally:
        ray.shutdown()


@contextmanager
def _dask(address: str | None, workers: int) -> Iterator[Cluster]:
    """Connect to a Dask cluster, or run one on this machine."""
    from distributed import Client, LocalCluster

    local = (
        None
        if address
        else LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
    )
    try:
        with Client(address or local) as client:
            yield Cluster("dask", max(sum(client.ncores().values()), 1))
    finally:
        if local:
            local.close()
