"""Arrays for frames: the memory that machine and containers leave, and the file on disk when that
is too little.
"""

import os
import tempfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest

from pilotnet.training import frame_memory as memory
from pilotnet.training.frame_memory import available_memory, frame_array

GB = 10**9


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with 8 GB available."""
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=8 * GB))


def group(folder: Path, names: tuple[str, str], limit: object, usage: int, statistics: str) -> None:
    """Write the files of a control group as Linux shows them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in zip(names, (limit, usage), strict=True):
        (folder / name).write_text(f"{value}\n")
    (folder / "memory.stat").write_text(statistics)


def own(tmp_path: Path, lines: str) -> Path:
    path = tmp_path / "own"
    path.write_text(lines)
    return path


V2 = ("memory.max", "memory.current")
V1 = ("memory.limit_in_bytes", "memory.usage_in_bytes")


def test_without_control_groups_the_machine_counts(tmp_path: Path) -> None:
    assert available_memory(tmp_path, tmp_path / "own") == 8 * GB


def test_the_limit_of_a_container_counts_less_what_it_uses_but_for_its_page_cache(
    tmp_path: Path,
) -> None:
    group(tmp_path, V2, 2 * GB, GB, f"anon 5\ninactive_file {GB // 4}\n")
    assert available_memory(tmp_path, own(tmp_path, "0::/\n")) == GB + GB // 4


def test_the_tightest_of_the_groups_above_a_process_counts(tmp_path: Path) -> None:
    group(tmp_path / "user" / "job", V2, "max", GB, "inactive_file 0\n")
    group(tmp_path / "user", V2, 3 * GB, GB, "inactive_file 0\n")
    assert available_memory(tmp_path, own(tmp_path, "0::/user/job\n")) == 2 * GB


def test_control_groups_of_version_1_count_and_their_missing_limit_does_not(tmp_path: Path) -> None:
    lines = own(tmp_path, "9:cpu,cpuacct:/docker/1\n5:memory:/docker/1\n")
    group(tmp_path / "memory", V1, 2**63 - 4096, GB, "total_inactive_file 0\n")
    assert available_memory(tmp_path, lines) == 8 * GB
    # Within a container its own group is the root, whatever path the kernel names.
    group(tmp_path / "memory", V1, 2 * GB, 3 * GB, "total_inactive_file 0\n")
    assert available_memory(tmp_path, lines) == 0


def test_frames_need_no_function_that_only_linux_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sysconf")
    assert frame_array((2, 3)).shape == (2, 3)


def test_frames_that_fill_the_memory_go_to_a_file_without_a_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(memory, "MEMORY_SHARE", 0.0)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    frames = frame_array((2, 3, 4, 5, 3))
    frames[1, 2] = 200
    assert isinstance(frames, np.memmap)
    assert frames.sum() == 200 * 4 * 5 * 3
    assert not list(tmp_path.iterdir())


def test_frames_that_fit_nowhere_are_refused_before_anything_is_decoded() -> None:
    with pytest.raises(ValueError, match=r"the frames take 1000000.0 GB; .*\(set TMPDIR"):
        frame_array((10**6, 10**9))
