"""Evidence in a strip of ground: what is paint, what is a rut, and what is none."""

import numpy as np
import pytest

from pilotnet.modular.lanes.birds_eye_view import OFFSETS, VIEW_COLUMNS
from pilotnet.modular.lanes.evidence import LaneEvidence
from tests.pilotnet.modular.painted_road import ASPHALT, GAUGE, GRASS, PAINT, SNOW

ROAD = 3.0  # [m] to either side
WORN = (152, 152, 152)
SAND = (200, 196, 190)
PAVEMENT = (150, 150, 150)
KERBSTONE = (165, 165, 165)
# how much brighter than asphalt gravel is, in each colour; the colour of fog
GRAVEL = (32, 21, 11)
FOG = np.float32(205)


def test_a_post_before_the_grass_is_no_paint_and_a_line_at_the_edge_is() -> None:
    # A post once led the lane finder out of a bend: seen from above, it is a stripe that runs away
    # from the car.
    birds_eye_image = np.full((2, VIEW_COLUMNS, 3), GRASS, np.float32)
    birds_eye_image[:, np.abs(OFFSETS) < ROAD] = ASPHALT
    birds_eye_image[0, np.abs(OFFSETS - ROAD) < 0.08] = PAINT
    birds_eye_image[1, np.abs(OFFSETS - ROAD - 1.5) < 0.08] = PAINT
    evidence = LaneEvidence(2)
    evidence.weigh(birds_eye_image, np.full(2, 0.05))
    line, post = (
        evidence.marking_likelihood[row, np.abs(OFFSETS - place) < 0.1].max()
        for row, place in ((0, ROAD), (1, ROAD + 1.5))
    )
    assert line > 0.5
    assert post < 0.1


def test_ruts_in_snow_are_darker_than_paint_is_bright() -> None:
    birds_eye_image = np.full((1, VIEW_COLUMNS, 3), SNOW, np.float32)
    birds_eye_image[:, np.abs(np.abs(OFFSETS) - GAUGE / 2) < 0.15] = ASPHALT
    evidence = LaneEvidence(1)
    evidence.weigh(birds_eye_image, np.full(1, 0.05))
    rut = np.abs(np.abs(OFFSETS) - GAUGE / 2) < 0.05
    assert (evidence.marking_likelihood[0, rut] < -0.5).all()
    assert not (evidence.marking_likelihood[0, np.abs(OFFSETS) < 0.2] < 0).any()


@pytest.mark.parametrize("haze", [0.0, 0.6])
def test_gravel_between_road_and_wall_is_no_line_in_fog_either(haze: float) -> None:
    # It once was read as the right line, and the lane as half a metre too wide.
    birds_eye_image = np.full((2, VIEW_COLUMNS, 3), ASPHALT, np.float32)
    beside = np.abs(OFFSETS - ROAD)
    birds_eye_image[0, beside < 0.08] = WORN
    birds_eye_image[1, beside < 0.15] = ASPHALT + np.array(GRAVEL)
    birds_eye_image += haze * (FOG - birds_eye_image)
    evidence = LaneEvidence(2)
    evidence.weigh(birds_eye_image, np.full(2, 0.05))
    line, gravel = evidence.marking_likelihood[:, beside < 0.3].max(1)
    assert line > 0.5
    assert gravel < 0.1


def test_a_line_before_a_verge_as_bright_as_paint_is_one_and_a_kerbstone_before_a_pavement_is_none() -> (
    None
):
    birds_eye_image = np.full((2, VIEW_COLUMNS, 3), ASPHALT, np.float32)
    birds_eye_image[0, ROAD + 0.22 < OFFSETS] = SAND
    birds_eye_image[0, np.abs(OFFSETS - ROAD) < 0.08] = WORN
    birds_eye_image[1, ROAD + 0.05 < OFFSETS] = PAVEMENT
    birds_eye_image[1, np.abs(OFFSETS - ROAD) < 0.08] = KERBSTONE
    evidence = LaneEvidence(2)
    evidence.weigh(birds_eye_image, np.full(2, 0.05))
    line, kerb = evidence.marking_likelihood[:, np.abs(OFFSETS - ROAD) < 0.15].max(1)
    assert line > 0.5
    assert kerb < 0.1


def test_a_rock_beside_the_road_hides_no_faint_line_in_fog() -> None:
    # Every mountain road with a rock face in light fog once was a road without a line.
    birds_eye_image = np.full((2, VIEW_COLUMNS, 3), ASPHALT, np.float32)
    birds_eye_image[:, ROAD + 0.2 < OFFSETS] = SAND
    birds_eye_image[:, np.abs(OFFSETS - ROAD) < 0.08] = WORN
    birds_eye_image += 0.7 * (FOG - birds_eye_image)
    rock = OFFSETS > ROAD + 1.5
    birds_eye_image[1, rock] += (
        np.random.default_rng(0).normal(0, 12, (rock.sum(), 1)).astype(np.float32)
    )
    evidence = LaneEvidence(2)
    evidence.weigh(birds_eye_image, np.full(2, 0.05))
    without, beside_rock = evidence.marking_likelihood[:, np.abs(OFFSETS - ROAD) < 0.1].max(1)
    assert without > 0.5
    assert beside_rock > 0.4
