"""Rulebooks: what their files say, and what a rule can see."""
