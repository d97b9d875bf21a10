"""Closed-loop evaluation: drives, scores and the report."""
