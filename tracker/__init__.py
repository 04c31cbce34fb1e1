"""Wiring, and the doors to the outside."""
