"""Weather and light: atmosphere, lamps and the palette."""
