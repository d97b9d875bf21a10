"""TRAIN-DETECTOR and SCORE-DETECTOR on a tiny recording, by the command line and by hand."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import pilotnet.training.trainer
from pilotnet.cli import main
from pilotnet.common.provenance import read_provenance
from pilotnet.data.record import RecordConfig, record
from pilotnet.data.store import Dataset
from pilotnet.modular.detection.detection_data import (
    MAX_LABELS,
    DetectorSamples,
    LabelledStrips,
    frame_labels,
    load_pictures,
    varied_light,
)
from pilotnet.modular.detection.detector import load_detector
from pilotnet.modular.detection.targets import Labels
from pilotnet.modular.detection.train_detector import (
    DetectorModule,
    DetectorTrainConfig,
    train_detector,
)
from sim.scenario import Split

CONFIG = DetectorTrainConfig(epochs=2, batch_size=4, every=10, device="cpu")
TRAIN = ["--epochs", "1", "--batch-size", "4", "--every", "10", "--device", "cpu"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A crowded recording of the centre camera: a drive of each split."""
    folder = tmp_path_factory.mktemp("crowd") / "data"
    config = RecordConfig(
        "detection-small",
        episodes=1,
        validation_episodes=1,
        test_episodes=1,
        length=120.0,
        cameras="centre",
        workers=1,
    )
    record(config, folder)
    return folder


def test_a_detector_is_trained_and_scored_by_the_command_line(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "cars"
    results = tmp_path / "scores"
    assert main(["train-detector", "cars", str(data), "--out", str(model), *TRAIN]) == 0
    assert {path.name for path in model.iterdir()} == {
        "model.safetensors",
        "metrics.csv",
        "train-detector.yaml",
    }
    checkpoint = load_detector(model)
    assert checkpoint.target == "cars"
    assert checkpoint.training["config"]["every"] == 10
    assert read_provenance(model, "train-detector")["config"]["target"] == "cars"
    words = [
        "score-detector",
        "cars",
        str(data),
        "--checkpoint",
        str(model),
        "--out",
        str(results),
        "--every",
        "10",
    ]
    assert main(words) == 0
    assert "| all |" in capsys.readouterr().out
    names = {"scores.csv", "scores.json", "scores.md", "score-detector.yaml"}
    assert {path.name for path in results.iterdir()} == names


def test_an_interrupted_training_goes_on_to_the_same_weights(
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    one_thread: None,  # noqa: ARG001
) -> None:
    random_state = torch.get_rng_state()
    whole = train_detector(CONFIG, "pedestrians", data, tmp_path / "whole")
    assert torch.equal(torch.get_rng_state(), random_state)
    end_of_epoch = pilotnet.training.trainer.History.on_train_epoch_end

    def interrupt(self: pilotnet.training.trainer.History, trainer: object, module: object) -> None:
        if trainer.current_epoch == 1:  # type: ignore[attr-defined]
            raise KeyboardInterrupt
        end_of_epoch(self, trainer, module)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(pilotnet.training.trainer.History, "on_train_epoch_end", interrupt)
        with pytest.raises(KeyboardInterrupt):
            train_detector(CONFIG, "pedestrians", data, tmp_path / "resumed")
    with pytest.raises(ValueError, match="go on with it by --resume"):
        train_detector(CONFIG, "pedestrians", data, tmp_path / "resumed")
    with pytest.raises(ValueError, match=r"^target is 'cars', but .* was begun with 'pedestrians'"):
        train_detector(CONFIG, "cars", data, tmp_path / "resumed", resume=True)
    with pytest.raises(ValueError, match=r"^every is 5, but .* was begun with 10"):
        train_detector(
            replace(CONFIG, every=5), "pedestrians", data, tmp_path / "resumed", resume=True
        )
    resumed = train_detector(CONFIG, "pedestrians", data, tmp_path / "resumed", resume=True)
    assert {path.name for path in resumed.parent.iterdir()} == {
        path.name for path in whole.parent.iterdir()
    }
    assert (
        resumed.with_name("metrics.csv").read_text() == whole.with_name("metrics.csv").read_text()
    )
    expected = load_detector(whole).network.state_dict()
    for name, values in load_detector(resumed).network.state_dict().items():
        assert torch.equal(expected[name], values), name


def test_a_training_that_diverges_writes_no_network(data: Path, tmp_path: Path) -> None:
    config = replace(CONFIG, learning_rate=1e9, every=40)
    with pytest.raises(
        ValueError,
        match=r"epoch \d.*; lower learning_rate, which is 1000000000\.0, and train again",
    ):
        train_detector(config, "cars", data, tmp_path / "cars")
    assert not (tmp_path / "cars" / "model.safetensors").exists()


def test_labels_are_the_boxes_of_one_class(data: Path) -> None:
    dataset = Dataset.open(data)
    pictures = {person: load_pictures(dataset, Split.TRAIN, person, 10) for person in (False, True)}
    boxes = dataset.boxes(0)
    number = int(boxes.frame[len(boxes) // 2]) // 10
    here = boxes.of_frame(10 * number)
    for person, found in pictures.items():
        mine = here.pick(here.person == person)
        labels = found.labels
        assert int((labels.counts | labels.ignored)[number].sum()) <= len(mine)
        np.testing.assert_allclose(labels.edges[number, : len(mine), 0], mine.left[:MAX_LABELS])
        np.testing.assert_allclose(
            labels.edges[number, : len(mine), 3], mine.bottom[:MAX_LABELS] - 32
        )
        assert found.strips.shape[1:] == (112, 320, 3)
    np.testing.assert_array_equal(pictures[True].strips, pictures[False].strips)


def test_far_and_hidden_boxes_need_not_be_found(data: Path) -> None:
    boxes = Dataset.open(data).boxes(0)
    for number in range(0, boxes.frame[-1], 5):
        here = boxes.of_frame(number)
        labels = frame_labels(here, 32, 55.0)
        must = (here.visible >= 0.25) & (here.distance <= 55) & (here.bottom - here.top >= 4)
        assert labels.counts.sum() == must[:MAX_LABELS].sum()
        assert not (labels.counts & labels.ignored).any()


def test_pictures_are_mirrored_with_their_boxes(data: Path) -> None:
    pictures = load_pictures(Dataset.open(data), Split.TRAIN, False, 10)
    samples = DetectorSamples(pictures, 0, varied=True, windowed=4)
    original = 0
    mirrored = 0
    for epoch in range(4):
        samples.start_epoch(epoch)
        batch = samples.__getitems__(list(range(len(samples))))
        for strip, edges, counts in zip(
            batch.strips, batch.labels.edges, batch.labels.counts, strict=True
        ):
            for flip, known in ((False, pictures.strips), (True, pictures.strips[:, :, ::-1])):
                picture, start = place_of(strip.numpy(), known)
                if picture is not None:
                    truth = pictures.labels.edges[picture]
                    whole = (
                        torch.stack(
                            [320 - truth[:, 2], truth[:, 1], 320 - truth[:, 0], truth[:, 3]], 1
                        )
                        if flip
                        else truth
                    )
                    moved = whole - torch.tensor([start, 0, start, 0])
                    middle = (moved[:, 0] + moved[:, 2]) / 2
                    # The window was cut before it was mirrored, so the edge that still belongs to
                    # it changes sides.
                    inside = (
                        (middle > 0) & (middle <= 160) if flip else (middle >= 0) & (middle < 160)
                    )
                    must = pictures.labels.counts[picture] & inside
                    moved[:, [0, 2]] = moved[:, [0, 2]].clamp(0, 160)
                    torch.testing.assert_close(edges[counts], moved[must])
                    mirrored, original = mirrored + flip, original + (not flip)
    assert min(original, mirrored) > 0


def place_of(window: np.ndarray, strips: np.ndarray) -> tuple[int | None, int]:
    """The strip (N, H, W, 3) that shows this window, and its first column; None when there is none."""
    for start in range(strips.shape[2] - window.shape[1] + 1):
        same = np.flatnonzero((strips[:, :, start] == window[:, 0]).all((1, 2)))
        for picture in same:
            if (strips[picture, :, start : start + window.shape[1]] == window).all():
                return int(picture), start
    return None, 0


def test_a_window_shows_the_middle_of_something_to_find_wherever_there_is_anything(
    data: Path,
) -> None:
    pictures = load_pictures(Dataset.open(data), Split.TRAIN, False, 10)
    samples = DetectorSamples(pictures, 0, varied=True, windowed=3)
    filled = int(pictures.labels.counts.any(1).sum())
    starts = set()
    for epoch in range(3):
        samples.start_epoch(epoch)
        batch = samples.__getitems__(list(range(len(samples))))
        assert batch.strips.shape[1:] == (112, 160, 3)
        assert int((batch.labels.counts | batch.labels.ignored).any(1).sum()) >= filled
        starts |= {place_of(strip.numpy(), pictures.strips)[1] for strip in batch.strips}
    assert len(starts) > 3


def test_the_last_epochs_and_validation_show_whole_strips(data: Path) -> None:
    pictures = load_pictures(Dataset.open(data), Split.TRAIN, False, 10)
    samples = DetectorSamples(pictures, 0, varied=True, windowed=2)
    widths = []
    for epoch in range(4):
        samples.start_epoch(epoch)
        widths.append(samples.__getitems__([0]).strips.shape[2])
    assert widths == [160, 160, 320, 320]
    assert DetectorSamples(pictures, 0, varied=False).__getitems__([0]).strips.shape[1:] == (
        112,
        320,
        3,
    )


def test_three_quarters_of_a_training_look_through_windows(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    widths: dict[int, set[int]] = {}
    plain_step = DetectorModule.training_step

    def noting_step(self: DetectorModule, batch: LabelledStrips, index: int) -> torch.Tensor:
        widths.setdefault(self.current_epoch, set()).add(batch.strips.shape[2])
        return plain_step(self, batch, index)

    monkeypatch.setattr(DetectorModule, "training_step", noting_step)
    train_detector(replace(CONFIG, epochs=4, every=40), "cars", data, tmp_path / "cars")
    assert widths == {0: {160}, 1: {160}, 2: {160}, 3: {320}}


def test_a_box_whose_middle_lies_outside_a_window_need_not_be_found_there() -> None:
    edges = torch.tensor([[[10.0, 5, 20, 30], [36, 5, 46, 30], [28, 5, 38, 30], [60, 5, 70, 30]]])
    yes = torch.ones(1, 4, dtype=torch.bool)
    labels = Labels(edges, torch.ones(1, 4), torch.ones(1, 4), yes, ~yes)
    window = labels.windows(torch.tensor([8]), 32)
    assert window.counts.tolist() == [[True, False, True, False]]
    assert window.ignored.tolist() == [[False, True, False, False]]
    assert window.edges[0, :3].tolist() == [[2, 5, 12, 30], [28, 5, 32, 30], [20, 5, 30, 30]]
    assert window.edges[0, 3, 0] == window.edges[0, 3, 2]


def test_light_varies_and_stays_light() -> None:
    strips = torch.rand(4, 3, 16, 32)
    varied = varied_light(strips, torch.Generator().manual_seed(0))
    assert varied.shape == strips.shape
    assert 0 <= varied.min() <= varied.max() <= 1
    assert (varied - strips).abs().mean() > 0.02


def refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one line of a command that must fail with code 2."""
    assert main(words) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    return lines[0]


def test_mistakes_are_one_line(
    data: Path, tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = tmp_path / "bare"
    record(
        RecordConfig(
            episodes=1, validation_episodes=1, length=50.0, cameras="centre", boxes=False, workers=1
        ),
        bare,
    )
    out = ["--out", str(tmp_path / "out")]
    assert "target is 'dogs'; it must be one of cars, pedestrians" in refused(
        ["train-detector", "dogs", str(data), *out], capsys
    )
    assert "was recorded without boxes" in refused(
        ["train-detector", "cars", str(bare), *out, *TRAIN], capsys
    )
    assert "epochs is 0; it must be 1 or more" in refused(
        ["train-detector", "cars", str(data), *out, "--epochs", "0"], capsys
    )
    score = ["score-detector", "cars", str(data), *out, "--checkpoint"]
    assert "does not exist; give the folder that `pilotnet train-detector` wrote" in refused(
        [*score, "nowhere"], capsys
    )
    assert "has format 'pilotnet-1'" in refused([*score, str(tiny_model)], capsys)
    assert not (tmp_path / "out").exists()
