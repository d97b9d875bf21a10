"""The detector: small enough, able to learn, mirrored when the picture is, and unimpressed by
pictures of nothing.
"""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pilotnet.modular.detection.detector import (
    MAX_DETECTIONS,
    Detector,
    DetectorCheckpoint,
    load_detector,
    postprocess,
    save_detector,
)
from pilotnet.modular.detection.network import (
    ABOVE,
    BELOW,
    CHANNELS,
    HORIZON_ROWS,
    DetectorNetwork,
    DetectorOutput,
    HorizonRefinement,
    strip_rows,
)
from pilotnet.modular.detection.roi_head import Proposals, Refined
from pilotnet.modular.detection.targets import Labels, loss, targets
from sim.geometry.camera import Camera

CAMERA = Camera()
# cells of a strip
HEIGHT = 56
WIDTH = 160


def checkpoint(seed: int = 0, target: str = "cars", camera: Camera = CAMERA) -> DetectorCheckpoint:
    torch.manual_seed(seed)
    return DetectorCheckpoint(DetectorNetwork().eval(), target, camera, {"epochs": 1})


def labels(
    *boxes: tuple[float, float, float, float], visible: float = 1.0, distance: float = 20.0
) -> Labels:
    """The labels of one strip."""
    edges = torch.tensor([boxes], dtype=torch.float32)
    shape = edges.shape[:2]
    return Labels(
        edges,
        torch.full(shape, visible),
        torch.full(shape, distance),
        torch.ones(shape, dtype=torch.bool),
        torch.zeros(shape, dtype=torch.bool),
    )


def quiet_maps() -> DetectorOutput:
    """Maps that speak of nothing."""
    plane = torch.zeros(1, HEIGHT, WIDTH)
    pair = torch.zeros(1, 2, HEIGHT, WIDTH)
    features = torch.zeros(1, CHANNELS, HEIGHT, WIDTH)
    return DetectorOutput(plane - 9.0, pair, pair + 1.0, plane.clone(), plane.clone(), features)


def as_proposed(features: torch.Tensor, proposals: Proposals) -> Refined:  # noqa: ARG001
    """A head that believes every proposal and leaves it where it is."""
    return Refined(proposals.edges, proposals.centre_logits)


def speak(
    maps: DetectorOutput,
    row: int,
    column: int,
    score: float,
    edges: tuple[float, float, float, float],
    distance: float,
) -> None:
    """Let a cell speak of a box."""
    left, top, right, bottom = edges
    maps.centre_logits[0, row, column] = math.log(score / (1 - score))
    maps.offset[0, :, row, column] = torch.tensor(
        [(left + right) / 2 - 2 * column - 1, (top + bottom) / 2 - 2 * row - 1]
    )
    maps.size[0, :, row, column] = torch.tensor([right - left, bottom - top])
    maps.visible[0, row, column] = math.log(0.75 / 0.25)
    maps.distance[0, row, column] = math.log(distance)


def test_the_network_has_less_than_a_million_parameters() -> None:
    assert sum(parameter.numel() for parameter in DetectorNetwork().parameters()) < 1_000_000


def test_the_strip_holds_the_centres_of_near_and_far_objects() -> None:
    first, last = strip_rows(CAMERA)
    assert (last - first) % 16 == 0
    for distance in (3.0, 5.0, 20.0, 80.0):
        for height in (1.5, 1.8, 3.2):
            top = max(CAMERA.horizon - CAMERA.focal * (height - CAMERA.elevation) / distance, 0)
            bottom = min(CAMERA.horizon + CAMERA.focal * CAMERA.elevation / distance, CAMERA.height)
            assert first <= (top + bottom) / 2 < last


def test_a_camera_whose_picture_is_too_small_is_refused() -> None:
    with pytest.raises(
        ValueError,
        match=r"the camera is 320 x 160 px with its horizon at 20\.0; a detector needs 32 rows above",
    ):
        strip_rows(replace(CAMERA, horizon=20.0))


def test_the_closer_look_changes_the_rows_around_the_horizon_alone() -> None:
    fovea = HorizonRefinement(8).eval()
    features = torch.rand(2, 8, (ABOVE + BELOW) // 2, 20)
    with torch.inference_mode():
        changed = (fovea(features) != features).any(dim=3).any(dim=1).all(dim=0)
    assert torch.nonzero(changed).flatten().tolist() == list(
        range((ABOVE - HORIZON_ROWS) // 2, (ABOVE + HORIZON_ROWS) // 2)
    )


def test_fusing_changes_nothing_but_the_time() -> None:
    network = checkpoint().network
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.running_mean, -0.5, 0.5)
            torch.nn.init.uniform_(module.running_var, 0.5, 2.0)
    strips = torch.rand(2, 3, 112, 320)
    with torch.inference_mode():
        before = [values.clone() for values in network(strips)]
        after = network.fused()(strips)
    for one, other in zip(before, after, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-4)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in network.fused().modules())


def test_maps_made_by_hand_are_read_back() -> None:
    maps = quiet_maps()
    speak(maps, 20, 30, 0.9, (50.5, 33.0, 71.0, 49.25), 18.0)
    speak(maps, 22, 100, 0.6, (200.0, 40.0, 203.0, 49.0), 44.0)
    found = postprocess(maps, as_proposed)
    np.testing.assert_allclose(found[0], [50.5, 33.0, 71.0, 49.25, 0.9, 0.75, 18.0], rtol=1e-5)
    np.testing.assert_allclose(found[1], [200.0, 40.0, 203.0, 49.0, 0.6, 0.75, 44.0], rtol=1e-5)
    assert len(found) == 2
    assert len(postprocess(maps, as_proposed, score=0.7)) == 1


def test_a_score_is_what_the_maps_and_the_head_say_in_equal_parts() -> None:
    maps = quiet_maps()
    speak(maps, 20, 30, 0.9, (50.5, 33.0, 71.0, 49.25), 18.0)
    speak(maps, 22, 100, 0.6, (200.0, 40.0, 203.0, 49.0), 44.0)

    def head(_: torch.Tensor, proposals: Proposals) -> Refined:
        surer = torch.where(proposals.edges[:, 0] > 100, 0.99, 0.05)
        return Refined(proposals.edges + 1.0, surer.logit())

    found = postprocess(maps, head, score=0.1)
    odds = [math.sqrt(0.6 / 0.4 * 0.99 / 0.01), math.sqrt(0.9 / 0.1 * 0.05 / 0.95)]
    np.testing.assert_allclose(found[:, 4], [each / (1 + each) for each in odds], rtol=1e-4)
    np.testing.assert_allclose(
        found[:, :4], [[201.0, 41.0, 204.0, 50.0], [51.5, 34.0, 72.0, 50.25]], rtol=1e-4
    )


def test_a_weaker_box_over_a_surer_one_is_left_out_and_a_neighbour_is_not() -> None:
    maps = quiet_maps()
    speak(maps, 20, 30, 0.9, (40.0, 30.0, 80.0, 50.0), 18.0)
    speak(maps, 20, 34, 0.8, (43.0, 30.0, 83.0, 50.0), 18.0)
    speak(maps, 20, 38, 0.7, (60.0, 30.0, 100.0, 50.0), 18.0)
    assert [round(row[4], 2) for row in postprocess(maps, as_proposed)] == [0.9, 0.7]


def test_no_more_than_the_surest_are_kept() -> None:
    maps = quiet_maps()
    for row in range(0, HEIGHT, 2):
        for column in range(0, WIDTH, 4):
            speak(
                maps,
                row,
                column,
                0.5,
                (2.0 * column, 2.0 * row, 2.0 * column + 3, 2.0 * row + 3),
                20.0,
            )
    assert len(postprocess(maps, as_proposed)) == MAX_DETECTIONS


def test_maps_that_are_not_numbers_give_no_detections() -> None:
    maps = quiet_maps()
    for values in maps:
        values.fill_(math.nan)
    assert len(postprocess(maps, as_proposed)) == 0


def test_every_box_has_its_peak_and_its_cells_where_it_lies() -> None:
    wanted = targets(labels((40.0, 30.0, 80.0, 50.0), (201.0, 41.0, 203.0, 48.0)), HEIGHT, WIDTH)
    assert torch.nonzero(wanted.centre_logits[0] == 1).tolist() == [[20, 30], [22, 101]]
    assert wanted.owner[0, 20, 30] == 0
    assert wanted.owner[0, 22, 101] == 1
    for box in (0, 1):
        assert wanted.weight[0][wanted.owner[0] == box].sum() == pytest.approx(1.0)
    assert wanted.centre_logits[0, 20, 26] < wanted.centre_logits[0, 20, 28] < 1


def test_what_is_ignored_is_neither_right_nor_wrong() -> None:
    boxes = labels((40.0, 30.0, 80.0, 50.0))
    boxes = boxes._replace(counts=~boxes.counts, ignored=~boxes.ignored)
    wanted = targets(boxes, HEIGHT, WIDTH)
    assert wanted.centre_logits.max() == 0
    assert wanted.ignored.sum() == 20 * 10
    maps = quiet_maps()
    silent = loss(maps, boxes)["heat"]
    speak(maps, 20, 30, 0.9, (40.0, 30.0, 80.0, 50.0), 18.0)
    torch.testing.assert_close(loss(maps, boxes)["heat"], silent, rtol=0.05, atol=1e-4)
    speak(maps, 50, 130, 0.9, (250.0, 90.0, 270.0, 110.0), 18.0)
    assert loss(maps, boxes)["heat"] > silent + 1


def test_a_mirrored_strip_has_mirrored_targets() -> None:
    boxes = labels((40.0, 30.0, 81.0, 50.0), (201.5, 41.0, 204.0, 48.0))
    wanted = targets(boxes, HEIGHT, WIDTH)
    mirrored = targets(boxes.mirrored(320), HEIGHT, WIDTH)
    torch.testing.assert_close(mirrored.centre_logits, wanted.centre_logits.flip(-1))
    torch.testing.assert_close(mirrored.weight, wanted.weight.flip(-1))


def test_maps_that_say_what_is_there_cost_nothing_and_others_do() -> None:
    boxes = labels((40.0, 30.0, 80.0, 50.0), visible=0.75, distance=18.0)
    maps = quiet_maps()
    for row in range(16, 25):
        for column in range(24, 37):
            speak(
                maps,
                row,
                column,
                0.5 if (row, column) != (20, 30) else 0.999,
                (40.0, 30.0, 80.0, 50.0),
                18.0,
            )
    right = loss(maps, boxes)
    assert right["box"] == pytest.approx(0.0, abs=1e-4)
    assert right["distance"] == pytest.approx(0.0, abs=1e-4)
    speak(maps, 20, 30, 0.999, (60.0, 30.0, 100.0, 50.0), 36.0)
    wrong = loss(maps, boxes)
    assert wrong["box"] > 0.05
    assert wrong["distance"] > 0.05


def test_eight_strips_can_be_learned_by_heart() -> None:
    generator = np.random.default_rng(1)
    torch.manual_seed(1)
    strips = torch.rand(8, 3, 48, 96) * 0.2
    corners = generator.integers([4, 4], [60, 26], (8, 2))
    sizes = generator.integers([10, 8], [30, 18], (8, 2))
    for strip, (left, top), (width, height) in zip(strips, corners, sizes, strict=True):
        strip[:, top : top + height, left : left + width] += 0.6
    edges = torch.from_numpy(np.concatenate([corners, corners + sizes], 1)).float()
    truth = Labels(
        edges[:, None], torch.ones(8, 1), torch.linspace(10.0, 40.0, 8)[:, None],
        torch.ones(8, 1, dtype=torch.bool), torch.zeros(8, 1, dtype=torch.bool),
    )  # fmt: skip
    network = DetectorNetwork()
    optimizer = torch.optim.AdamW(network.parameters(), 4e-3)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.05, total_iters=120)
    for _ in range(120):
        total = torch.stack(list(loss(network(strips), truth).values())).sum()
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        schedule.step()
    with torch.inference_mode():
        maps = network.eval()(strips)
    for i in range(8):
        found = postprocess(DetectorOutput(*(values[i : i + 1] for values in maps)), as_proposed)
        assert len(found) == 1
        np.testing.assert_allclose(found[0, :4], edges[i], atol=2.5)
        assert found[0, 6] == pytest.approx(float(truth.distance[i, 0]), rel=0.15)


@pytest.mark.parametrize("level", [0, 255])
def test_black_and_white_frames_give_numbers_and_no_error(level: int) -> None:
    found = Detector(checkpoint(), score=0.0).detect(np.full((160, 320, 3), level, np.uint8))
    assert len(found) <= MAX_DETECTIONS
    for one in found:
        assert all(math.isfinite(value) for value in vars(one).values())
        assert 0 <= one.left < one.right <= 320
        assert 0 <= one.top < one.bottom <= 160
        assert 0 <= one.score <= 1
        assert 0 <= one.visible <= 1
        assert one.distance > 0


def test_a_frame_of_noise_with_absurd_weights_gives_no_error() -> None:
    spoilt = checkpoint()
    with torch.no_grad():
        for parameter in spoilt.network.parameters():
            parameter.mul_(1e6)
    frame = np.random.default_rng(0).integers(0, 255, (160, 320, 3), dtype=np.uint8)
    for one in Detector(spoilt, score=0.0).detect(frame):
        assert all(math.isfinite(value) for value in vars(one).values())


def test_the_same_frame_gives_the_same_detections_whatever_came_before() -> None:
    detector = Detector(checkpoint(), score=0.005)
    frames = np.random.default_rng(0).integers(0, 255, (2, 160, 320, 3), dtype=np.uint8)
    first = detector.detect(frames[0])
    detector.detect(frames[1])
    assert detector.detect(frames[0]) == first


def test_a_detector_leaves_its_checkpoint_as_it_was() -> None:
    whole = checkpoint()
    Detector(whole)
    assert whole.network.state_dict().keys() == DetectorNetwork().state_dict().keys()


def test_frames_of_another_size_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"frame has shape \(80, 320, 3\); this detector learned from 160 x 320"
    ):
        Detector(checkpoint()).detect(np.zeros((80, 320, 3), np.uint8))
    with pytest.raises(ValueError, match=r"score is 1\.5; it must lie between 0 and 1"):
        Detector(checkpoint(), score=1.5)


def test_a_checkpoint_comes_back(tmp_path: Path) -> None:
    saved = checkpoint(3, "pedestrians", replace(CAMERA, elevation=1.5))
    path = save_detector(tmp_path, saved)
    for place in (tmp_path, path):
        loaded = load_detector(place)
        assert (loaded.target, loaded.camera, loaded.training) == (
            saved.target,
            saved.camera,
            saved.training,
        )
        for one, other in zip(
            saved.network.state_dict().values(), loaded.network.state_dict().values(), strict=True
        ):
            assert torch.equal(one, other)
    assert Detector.load(tmp_path, "pedestrians").person


def test_a_checkpoint_of_something_else_is_refused(tmp_path: Path) -> None:
    save_detector(tmp_path, checkpoint())
    with pytest.raises(ValueError, match="is a detector of cars; it must be one of pedestrians"):
        Detector.load(tmp_path, "pedestrians")
    with pytest.raises(ValueError, match="target is 'dogs'; it must be one of cars, pedestrians"):
        Detector.load(tmp_path, "dogs")
    with pytest.raises(ValueError, match="give the folder that `pilotnet train-detector` wrote"):
        load_detector(tmp_path / "nowhere")


def test_a_pilotnet_is_no_detector(tiny_model: Path) -> None:
    with pytest.raises(
        ValueError, match="has format 'pilotnet-1'; this version reads 'pilotnet-detector-3'"
    ):
        load_detector(tiny_model)


def test_the_horizon_of_the_strip_is_where_the_network_takes_it_to_be() -> None:
    assert strip_rows(CAMERA)[0] + ABOVE == CAMERA.horizon
