"""A first-person camera for any HighwayEnv environment."""
