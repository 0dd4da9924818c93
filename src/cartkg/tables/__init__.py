"""Curated tables: declared, read, checked, and turned into quads."""
