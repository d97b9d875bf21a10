"""Files of finished drives: round trip, damage, and the networks of an evaluation."""

from dataclasses import replace
from pathlib import Path

import pytest

from pilotnet.common.reading import DamagedFileError
from pilotnet.evaluation.drive_files import (
    digests_of,
    drive_path,
    has_drives,
    is_drive_of,
    read_drive,
    remove_drives,
    require_same_inputs,
    write_drive,
    write_inputs,
)
from pilotnet.evaluation.metrics import EpisodeScore, score_episode
from pilotnet.evaluation.results import trace_table
from sim.scenario import Scenario

SCENARIO = Scenario("rural", seed=2, length=100.0)


def drive_score() -> EpisodeScore:
    score = score_episode("expert", SCENARIO, 10.0, [])
    return replace(score, elapsed=10.0, min_time_to_collision=3.0)


def test_a_drive_reads_back_as_written(tmp_path: Path) -> None:
    path = drive_path(tmp_path, 3)
    path.parent.mkdir()
    trace = trace_table("expert", SCENARIO, [])
    write_drive(path, drive_score(), trace)
    assert read_drive(path) == (drive_score(), trace)
    assert has_drives(tmp_path)
    assert is_drive_of(path, "expert", SCENARIO.name)
    assert not is_drive_of(path, "straight", SCENARIO.name)
    remove_drives(tmp_path)
    assert not has_drives(tmp_path)


def test_a_damaged_drive_counts_as_missing(tmp_path: Path) -> None:
    path = tmp_path / "drive-000000.parquet"
    path.write_bytes(b"PAR1")
    assert not is_drive_of(path, "expert", SCENARIO.name)
    with pytest.raises(DamagedFileError, match="drive-000000"):
        read_drive(path)


def test_another_network_is_refused_by_name(tmp_path: Path) -> None:
    network = tmp_path / "network"
    network.write_bytes(b"one")
    write_inputs(tmp_path, digests_of({"checkpoint": network, "cars": None}))
    require_same_inputs(tmp_path, digests_of({"checkpoint": network, "cars": None}))
    network.write_bytes(b"two")
    with pytest.raises(ValueError, match=r"^checkpoint is a network with SHA-256"):
        require_same_inputs(tmp_path, digests_of({"checkpoint": network}))
