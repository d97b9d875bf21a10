"""Everything that stands on the ground."""
