"""The live window: drivers on scenarios while they drive."""
