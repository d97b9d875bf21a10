"""Ground positions of detections, and tracks of road users."""
