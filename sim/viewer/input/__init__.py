"""Steering wheel, keyboard and game controllers."""
