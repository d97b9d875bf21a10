"""Vehicles other than the ego."""
