"""What things look like: colours (palette), light (light), and how weather and hour make it (atmosphere)."""
