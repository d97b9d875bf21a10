"""Each driver enters an evaluation once for each of its networks."""

from pathlib import Path

import pytest

from pilotnet.drivers.driver_table import Detectors
from pilotnet.evaluation.entrants import entrants_of, network_folders, network_names

NONE = Detectors()


def test_one_checkpoint_does_not_change_the_names() -> None:
    found = entrants_of(["expert", "pilotnet"], Path("models/a"), NONE)
    assert [entrant.name for entrant in found] == ["expert", "pilotnet"]
    assert network_folders(found)["checkpoint"] == Path("models/a")


def test_several_checkpoints_make_several_entrants_of_the_driver_that_uses_them() -> None:
    folders = [Path("models/a"), Path("models/b")]
    found = entrants_of(["pilotnet", "straight"], folders, NONE)
    assert [entrant.name for entrant in found] == ["pilotnet@a", "pilotnet@b", "straight"]
    assert [entrant.checkpoint for entrant in found[:2]] == folders
    assert network_folders(found)["checkpoint@b"] == Path("models/b")


def test_no_checkpoint_is_needed_by_other_drivers() -> None:
    assert [entrant.checkpoint for entrant in entrants_of(["expert"], None, NONE)] == [None]
    assert [entrant.checkpoint for entrant in entrants_of(["expert"], [], NONE)] == [None]


def test_folders_of_one_name_are_told_apart_by_their_parents() -> None:
    assert network_names([Path("one/model"), Path("two/model")]) == ["one-model", "two-model"]


def test_a_checkpoint_that_is_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match=r"checkpoint has .*models/a 2 times"):
        entrants_of(["pilotnet"], [Path("models/a"), Path("models/../models/a")], NONE)
