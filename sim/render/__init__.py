"""The renderer: a world and cameras in, pictures and ground truth out."""
