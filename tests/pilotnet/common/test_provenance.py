"""Provenance: how a folder came about, read back and compared."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from pilotnet.common.provenance import read_provenance, require_same_settings, write_provenance
from pilotnet.common.revision import source_revision
from sim.scenario import Split


@dataclass(frozen=True)
class Config:
    """Settings of a made-up stage."""

    split: Split = Split.TEST
    sizes: tuple[int, ...] = (1, 2)
    out: Path = Path("somewhere")


def test_provenance_comes_back_in_plain_values(tmp_path: Path) -> None:
    write_provenance(tmp_path, "train", Config(), seed=3)
    values = read_provenance(tmp_path, "train")
    assert values["config"] == {"split": "test", "sizes": [1, 2], "out": "somewhere"}
    assert (values["stage"], values["seed"]) == ("train", 3)
    assert values["revision"] == source_revision()


@pytest.mark.parametrize("text", ["a: [", "- 1", "stage: train", "!!python/object:os.system {}"])
def test_provenance_of_another_kind_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "train.yaml").write_text(text)
    with pytest.raises(ValueError, match=r"train\.yaml"):
        read_provenance(tmp_path, "train")


def test_a_folder_of_another_stage_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="was not written by `pilotnet train`"):
        read_provenance(tmp_path, "train")


def test_settings_are_compared_one_by_one(tmp_path: Path) -> None:
    before = {"data": "a", "config": {"epochs": 3, "augmentation": {"shift": 0.5}}}
    require_same_settings(tmp_path, before, {**before, "data": "b"}, ignored=("data",))
    with pytest.raises(
        ValueError,
        match=r"^augmentation\.shift is 0\.1, but .* was begun with 0\.5; it can only be resumed",
    ):
        require_same_settings(
            tmp_path, before, {"data": "a", "config": {"epochs": 3, "augmentation": {"shift": 0.1}}}
        )
    with pytest.raises(ValueError, match=r"^epochs is None, but .* was begun with 3"):
        require_same_settings(
            tmp_path, before, {"data": "a", "config": {"augmentation": {"shift": 0.5}}}
        )
