"""Closed-loop evaluation: drives on test roads, scores, and the report."""
