"""Geometry from files of mapping programs: GeoJSON, Shapefile, GeoPackage, KML and KMZ, as features in WGS-84.

Such files come from strangers and are read by large libraries: `pipeline/geometry_files.py` does it in the reading process.
"""
