"""Outfalls into rivers: found, checked, monitored, traced, put right, accepted, supervised."""
