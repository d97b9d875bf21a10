"""Who else is on the road and how they move: cars, parked cars and people."""
