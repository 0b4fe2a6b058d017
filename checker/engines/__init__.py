"""Engines: each runs a plan; none knows another."""
