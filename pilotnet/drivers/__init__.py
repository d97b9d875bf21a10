"""Drivers: their names, and one factory that makes each for an environment."""
