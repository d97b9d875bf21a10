"""Localisation errors of a detector: detections matched to objects, and their errors on the
ground.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from pilotnet.modular.records import Detection
from pilotnet.modular.tracking.ground_position import locate
from sim.geometry.camera import Camera

OVERLAP = 0.5  # from which a detection is of an object
MAX_COMPARED_DISTANCE = 40.0  # [m] up to which places are compared


def localisation_errors(
    truth: NDArray[np.float64], found: Sequence[Detection], score: float, camera: Camera
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return which objects are detected with at least `score`, (N,), and the position errors of
    those within 40 m as a share of their distance, (M,).

    truth: rows (left, top, right, bottom [px], visible, distance, forward, right on the ground
    [m]).
    """
    sure = [one for one in found if one.score >= score]
    hit = np.zeros(len(truth), bool)
    if not sure or not len(truth):
        return hit, np.zeros(0)
    overlaps = box_iou(
        truth[:, :4], np.array([[one.left, one.top, one.right, one.bottom] for one in sure])
    )
    rows, columns = linear_sum_assignment(-overlaps * (overlaps >= OVERLAP))
    good = overlaps[rows, columns] >= OVERLAP
    rows, columns = rows[good], columns[good]
    hit[rows] = True
    # Where the driver would take it to be; at its own feet when no place can be told, which is
    # wrong by the whole distance.
    located = [locate(sure[i], camera) for i in columns]
    places = np.array([place[:2] if place else (0.0, 0.0) for place in located]).reshape(-1, 2)
    distance = truth[rows, 5]
    errors = np.hypot(*(places - truth[rows, 6:8]).T) / np.maximum(distance, 1.0)
    return hit, errors[distance <= MAX_COMPARED_DISTANCE]


def box_iou(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union of every box (N, 4) with every other (M, 4): (N, M)."""
    low = np.maximum(first[:, None, :2], second[:, :2])
    high = np.minimum(first[:, None, 2:], second[:, 2:])
    common = np.clip(high - low, 0, None).prod(2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(1) for boxes in (first, second)]
    return np.asarray(common / np.maximum(areas[0][:, None] + areas[1] - common, 1e-9))
