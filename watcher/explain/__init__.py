"""Readings, opportunities and decisions in plain words."""
