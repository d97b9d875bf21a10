"""Distances between polygons on the ground."""

import math

import numpy as np

from sim.geometry.frenet import Floats
from sim.jit import exact


@exact
def rectangle_gap(a: Floats, b: Floats) -> float:
    """Distance [m] between two convex polygons given by corners (N, 2) and (M, 2); 0 when they
    overlap.
    """
    if not _separated(a, b) and not _separated(b, a):
        return 0.0
    return min(_corner_to_edges(a, b), _corner_to_edges(b, a))


@exact
def _separated(a: Floats, b: Floats) -> bool:
    """Return whether an edge of `a` separates the two."""
    for i in range(a.shape[0]):
        j = (i + 1) % a.shape[0]
        normal_x = a[i, 1] - a[j, 1]
        normal_y = a[j, 0] - a[i, 0]
        low_a = np.inf
        high_a = -np.inf
        low_b = np.inf
        high_b = -np.inf
        for k in range(a.shape[0]):
            over = a[k, 0] * normal_x + a[k, 1] * normal_y
            low_a, high_a = min(low_a, over), max(high_a, over)
        for k in range(b.shape[0]):
            over = b[k, 0] * normal_x + b[k, 1] * normal_y
            low_b, high_b = min(low_b, over), max(high_b, over)
        if high_a < low_b or high_b < low_a:
            return True
    return False


@exact
def _corner_to_edges(corners: Floats, polygon: Floats) -> float:
    nearest = np.inf
    for i in range(polygon.shape[0]):
        j = (i + 1) % polygon.shape[0]
        edge_x = polygon[j, 0] - polygon[i, 0]
        edge_y = polygon[j, 1] - polygon[i, 1]
        for k in range(corners.shape[0]):
            x = corners[k, 0] - polygon[i, 0]
            y = corners[k, 1] - polygon[i, 1]
            t = min(max((x * edge_x + y * edge_y) / (edge_x**2 + edge_y**2), 0.0), 1.0)
            nearest = min(nearest, math.hypot(x - t * edge_x, y - t * edge_y))
    return nearest
