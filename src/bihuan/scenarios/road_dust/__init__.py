"""Dust of roads (道路扬尘): silt and cleanliness of segments, runs, work, emission."""
