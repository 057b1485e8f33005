"""Places on earth: coordinates as people write them, geometry as files hold it, what lies in what, what is the same.

Inside, a place is WGS-84 longitude and latitude in degrees, a geometry is a plain GeoJSON mapping (RFC 7946).
"""
