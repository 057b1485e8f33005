"""Simulated gates of vehicle users: what they see, and how they send it."""
