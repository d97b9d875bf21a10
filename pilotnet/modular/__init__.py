"""The hand-built pipeline: car detector, pedestrian detector, lanes by classical vision, tracking,
path planner, path tracker.
"""
