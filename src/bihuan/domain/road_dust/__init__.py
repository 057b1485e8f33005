"""Dust of roads: points of mobile runs to segments, passes, scores, grades of silt, emission, work that was done. Pure functions on frames."""
