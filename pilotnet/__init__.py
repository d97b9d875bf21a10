"""PilotNet: record driving, train, evaluate in closed loop, report."""
