"""What all stages share: folders, processes, progress, provenance and settings."""
