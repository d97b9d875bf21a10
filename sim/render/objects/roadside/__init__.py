"""Everything that stands beside a road, placed from its plan and seed."""
