"""Roads: the plan of a road, one file per road kind, and the table of the kinds."""
