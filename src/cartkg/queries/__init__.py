"""Stored questions, their parameters and answers."""
