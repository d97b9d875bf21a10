"""The cross profile of a road: colour, grain, wear and endless markings as functions of d."""

import numpy as np
from numpy.typing import NDArray

from sim.render.ground.pieces import (
    SEALED,
)
from sim.render.ground.profile import PROFILE_STEP
from sim.render.lighting.palette import GRAIN, PALETTE
from sim.roads.plan import Marking, Material, RoadPlan
from sim.scenario import RoadKind

OUTER_WIDTH = 5.0  # [m] open ground at both ends of the cross profile; chosen
LANE_WEAR = 0.35  # wear of a lane outside its two wheel tracks, which have 1; chosen
# [m] amplitude of the edges' raggedness; edges of other roads are straight; chosen.
EDGE_RAGGEDNESS = {RoadKind.RURAL_UNMARKED: 0.08, RoadKind.UNPAVED: 0.16}


def cross_profile(
    plan: RoadPlan,
) -> tuple[float, NDArray[np.float32], NDArray[np.float32], NDArray[np.float64]]:
    """Return the cross profile: its first d [m], running integrals, raggedness and dash patterns.

    Their shapes are those of the fields of Ground.
    """
    edge = max(max(-band.left, band.right) for band in plan.bands if band.endless) + OUTER_WIDTH
    d = (
        np.arange(-round(edge / PROFILE_STEP), round(edge / PROFILE_STEP)) * PROFILE_STEP
        + PROFILE_STEP / 2
    )
    material = np.full(d.size, int(plan.beyond))
    for band in plan.bands:
        if band.endless:
            material[(d > band.left) & (d < band.right)] = int(band.material)
    colours = np.array([PALETTE[m] for m in Material])[material]
    grain = np.array([GRAIN[m] for m in Material])[material]
    unpaved = plan.kind is RoadKind.UNPAVED
    on_road = (d > plan.carriageway[0]) & (d < plan.carriageway[1]) & (material != Material.GRASS)
    surface = (on_road if unpaved else np.isin(material, SEALED)).astype(float)
    tracks = _wheel_tracks(d, plan)
    # Tyres polish and darken asphalt; on dirt they expose the bright subsoil.
    colours *= (
        1
        + (0.11 if unpaved else -0.085)
        * (np.clip((tracks - LANE_WEAR) / (1 - LANE_WEAR), 0.0, 1.0) * surface)[:, None]
    )
    endless = [marking for marking in plan.markings if marking.endless]
    patterns = sorted({_pattern(marking) for marking in endless if _is_patterned(marking)})
    painted = np.zeros((d.size, len(patterns)))
    for marking in endless:
        cover = _cover(d, marking)
        if _is_patterned(marking):
            painted[:, patterns.index(_pattern(marking))] += cover
        if marking.red or not _is_patterned(marking):
            paint = Material.RED if marking.red else Material.PAINT
            colours += (np.array(PALETTE[paint]) - colours) * cover[:, None]
            surface = np.maximum(surface, cover)
    columns = np.concatenate(
        [colours, grain[:, None], surface[:, None], tracks[:, None], painted], axis=1
    )
    profile = np.concatenate(
        [np.zeros((1, columns.shape[1])), np.cumsum(columns, axis=0) * PROFILE_STEP]
    )
    dashes = np.array([(dash, dash + gap, wear) for dash, gap, wear in patterns]).reshape(-1, 3)
    ragged = _raggedness(d, surface, EDGE_RAGGEDNESS.get(plan.kind, 0.0))
    return (
        float(d[0] - PROFILE_STEP / 2),
        profile.astype(np.float32),
        ragged.astype(np.float32),
        dashes,
    )


def _is_patterned(marking: Marking) -> bool:
    """Whether a marking varies along the road, as dashes and worn paint do."""
    return marking.gap > 0 or marking.wear > 0


def _pattern(marking: Marking) -> tuple[float, float, float]:
    """Return dash, gap [m] and wear of a marking."""
    return (
        (marking.dash, marking.gap, marking.wear) if marking.gap > 0 else (1.0, 0.0, marking.wear)
    )


def _wheel_tracks(d: NDArray[np.floating], plan: RoadPlan) -> NDArray[np.float64]:
    """Return the wear by tyres: 1 in the wheel tracks of lanes, LANE_WEAR beside them, 0
    outside.
    """
    tracks = np.zeros(d.size)
    for lane in plan.lanes:
        distance = np.abs(d - lane.offset)
        wheel = np.exp(-(((distance - 0.8) / 0.28) ** 2))
        tracks = np.maximum(
            tracks, np.where(distance < lane.width / 2, LANE_WEAR + (1 - LANE_WEAR) * wheel, 0.0)
        )
    return tracks


def _raggedness(
    d: NDArray[np.floating], surface: NDArray[np.float64], least: float
) -> NDArray[np.float64]:
    """Return by how much noise displaces d at each sample [m].

    Paved edges are straight unless `least` [m] is above 0; grass is ragged.
    """
    paved = d[surface > 0]
    if not paved.size:
        return np.full(d.size, 0.13)
    after = np.abs(paved[np.clip(np.searchsorted(paved, d), 0, paved.size - 1)] - d)
    before = np.abs(paved[np.clip(np.searchsorted(paved, d) - 1, 0, paved.size - 1)] - d)
    return np.maximum(0.13 * np.clip(np.minimum(after, before) / 0.5, 0.0, 1.0), least)


def _cover(d: NDArray[np.floating], marking: Marking) -> NDArray[np.float64]:
    """Return the share of each sample of the profile that a marking covers."""
    left = marking.offset - marking.width / 2
    right = marking.offset + marking.width / 2
    return np.clip(
        (np.minimum(d + PROFILE_STEP / 2, right) - np.maximum(d - PROFILE_STEP / 2, left))
        / PROFILE_STEP,
        0.0,
        1.0,
    )
