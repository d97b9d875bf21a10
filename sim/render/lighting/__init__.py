"""Weather and lighting: the atmosphere, lamps and the palette."""
