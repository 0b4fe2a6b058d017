"""Exports: from files to tables of values."""
