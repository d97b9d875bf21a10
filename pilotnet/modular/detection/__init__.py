"""The detectors of cars and pedestrians."""
