"""Vehicle control: the bicycle model, path tracking, speed and lateral shifts around obstacles."""
