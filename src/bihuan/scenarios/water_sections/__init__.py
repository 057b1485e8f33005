"""Sections of surface water (断面): register, newest values, quality of what their stations send."""
