"""Geometry without a world: Frenet coordinates, cameras, polygons."""
