"""Where there is room beside a road: distances from every road, from streets, from tunnels and from
what stands already.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.geometry.frenet import Floats
from sim.jit import kernel
from sim.render.ground.paving import Ground
from sim.render.ground.surface import road_coordinates
from sim.render.objects.object_tables import places
from sim.roads.plan import Band, Material, RoadPlan

Flags = NDArray[np.bool_]
FOOTWAY = 1.5  # [m] of pavement beside a crossing street
STREET_REACH = 62.0  # [m] from the reference line to which crossing streets reach
KERBSIDE = 0.5  # [m] beside a street's mouth where nothing stands
HILLSIDE = 22.0  # [m] from the road's middle to where the ground over a tunnel reaches


@dataclass
class FreeGround:
    """A plan and its ground, asked for room; `taken` are discs (x, y, radius) that stand already,
    (K, 3) [m].
    """

    plan: RoadPlan
    ground: Ground
    taken: Floats

    @classmethod
    def of(cls, plan: RoadPlan, ground: Ground) -> "FreeGround":
        """The empty site of a plan."""
        return cls(plan, ground, np.empty((0, 3)))

    def places(
        self, s: NDArray[np.floating], d: NDArray[np.floating]
    ) -> tuple[Floats, Floats, Floats]:
        """World x, y [m] and heading [rad] at road coordinates."""
        return places(self.plan.centreline, s, d)

    def edge(self, s: Floats, side: int) -> Floats:
        """Distance [m] from the reference line to where the outermost band ends on one side, 1
        right or -1 left, at stations.
        """
        edge = np.zeros(np.shape(s))
        for band in self.plan.bands:
            if _is_ground(band, self.plan):
                out = band.right if side > 0 else -band.left
                edge = np.where(
                    (s >= band.start - 2.0) & (s <= band.finish + 2.0), np.maximum(edge, out), edge
                )
        return edge

    def located(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Road coordinates of the nearest road's place, (nan, inf) where no road is near."""
        s = np.full(x.size, np.nan)
        d = np.full(x.size, np.inf)
        _locate(
            s,
            d,
            self.ground,
            np.ascontiguousarray(x, np.float64),
            np.ascontiguousarray(y, np.float64),
        )
        return s, d

    def clear(self, x: Floats, y: Floats, margin: float, hillside: float = HILLSIDE) -> Flags:
        """Whether points are more than `margin` [m] off every band, street, tunnel and thing that
        stands already.
        """
        s, d = self.located(x, y)
        near = np.isfinite(d)
        at = np.where(near, s, -1e9)
        room = np.where(d > 0, d - self.edge(at, 1), -d - self.edge(at, -1))
        clear = ~near | (room > margin)
        for street in self.plan.streets:
            on_side = (street.side == 0) | (np.sign(d) == street.side)
            across = np.abs(at - street.station) < street.width / 2 + FOOTWAY + margin
            clear &= ~(on_side & across & (np.abs(d) < STREET_REACH + margin))
        for tunnel in self.plan.tunnels:
            clear &= ~(
                (at > tunnel.start - 1.0) & (at < tunnel.finish + 1.0) & (np.abs(d) < hillside)
            )
        for x0, y0, radius in self.taken:
            clear &= (x - x0) ** 2 + (y - y0) ** 2 > (radius + margin) ** 2
        return clear

    def take(self, x: Floats, y: Floats, radius: Floats) -> None:
        """Remember discs where things stand."""
        self.taken = np.concatenate(
            [self.taken, np.stack([x, y, np.broadcast_to(radius, np.shape(x))], axis=1)]
        )

    def in_tunnel(self, s: Floats) -> Flags:
        """Whether stations lie inside tunnels."""
        inside = np.zeros(np.shape(s), bool)
        for tunnel in self.plan.tunnels:
            inside |= (s >= tunnel.start) & (s <= tunnel.finish)
        return inside

    def in_street(self, s: Floats, d: Floats) -> Flags:
        """Whether places beside the road lie in the mouth of a crossing street."""
        inside = np.zeros(np.shape(s), bool)
        for street in self.plan.streets:
            on_side = (street.side == 0) | (np.sign(d) == street.side)
            inside |= on_side & (np.abs(s - street.station) <= street.width / 2 + KERBSIDE)
        return inside


def _is_ground(band: Band, plan: RoadPlan) -> bool:
    """Whether nothing may grow on a band: all but grass beyond what one may drive on."""
    outside = band.left >= plan.drivable[1] or band.right <= plan.drivable[0]
    return not (outside and band.material is Material.GRASS)


@kernel
def _locate(
    stations: Floats,
    distances: Floats,
    ground: Ground,
    xs: NDArray[np.float64],
    ys: NDArray[np.float64],
) -> None:
    """Write the road coordinates of points where a road is near."""
    for i in range(xs.size):
        near, s, d, _, _ = road_coordinates(ground, xs[i], ys[i])
        if near:
            stations[i] = s
            distances[i] = d
