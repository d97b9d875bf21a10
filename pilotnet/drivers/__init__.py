"""Drivers: the table of all drivers, and the factory that makes one for an environment."""
