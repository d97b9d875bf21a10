"""What stands on the ground: where it stands (placement) and what it looks like (plants, posts, cars, and their shadows)."""
