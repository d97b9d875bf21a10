"""The ground: a plan's bands, markings and wear as arrays (paving), and the kernels that draw them for a camera (picture)."""
