"""The ground of a road plan: surface, markings, weathering and shading."""
