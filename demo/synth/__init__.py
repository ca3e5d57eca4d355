"""Sounds computed from physics and standards: the part of the demo that needs no network."""
