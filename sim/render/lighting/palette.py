"""Colours of materials, RGB in [0, 1] as a display shows them; lighting multiplies them."""

from sim.roads.plan import Material

UnitColour = tuple[float, float, float]

# Chosen by appearance.
PALETTE: dict[Material, UnitColour] = {
    Material.GRASS: (0.37, 0.44, 0.20),
    Material.GRAVEL: (0.55, 0.51, 0.44),
    Material.ASPHALT: (0.40, 0.40, 0.41),
    Material.PAINT: (0.92, 0.92, 0.89),
    Material.PAVING: (0.55, 0.53, 0.50),
    Material.KERBSTONE: (0.63, 0.62, 0.60),
    Material.DIRT: (0.52, 0.44, 0.33),
    Material.ROCK: (0.48, 0.45, 0.40),
    Material.SAND: (0.71, 0.64, 0.49),
    Material.RED: (0.68, 0.14, 0.12),
    Material.CONCRETE: (0.57, 0.56, 0.54),
}
# Standard deviation of the brightness, relative to its mean; chosen by appearance.
GRAIN: dict[Material, float] = {
    Material.GRASS: 0.11,
    Material.GRAVEL: 0.12,
    Material.ASPHALT: 0.045,
    Material.PAINT: 0.035,
    Material.PAVING: 0.05,
    Material.KERBSTONE: 0.04,
    Material.DIRT: 0.10,
    Material.ROCK: 0.15,
    Material.SAND: 0.07,
    Material.RED: 0.04,
    Material.CONCRETE: 0.045,
}
