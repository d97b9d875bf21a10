"""Pedestrians."""
