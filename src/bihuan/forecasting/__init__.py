"""The forecast in service: what may be known, models fitted, kept, tried and appointed, runs issued and frozen. No Django."""
