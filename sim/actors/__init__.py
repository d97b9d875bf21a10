"""Road users other than the ego: traffic, parked cars and pedestrians, and how they move."""
