"""The renderer: a road plan, actors and cameras -> images and ground truth."""
