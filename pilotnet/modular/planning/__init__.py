"""The path planner, its speed limits and the path tracker."""
