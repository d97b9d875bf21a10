"""What the flat pieces of barriers, buildings and signs look like."""
