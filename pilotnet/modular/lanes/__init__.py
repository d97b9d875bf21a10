"""The lane finder."""
