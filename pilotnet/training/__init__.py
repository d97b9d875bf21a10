"""PilotNet, its training data and its training."""
