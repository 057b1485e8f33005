"""Forecast weather as others deliver it: point series (tables, JSON) and fields of global models (GRIB2, NetCDF).

Every reader gives a `Reading` whose rows hold SCHEMA: source, site, issued, start and the weather quantities in inside
units. `start` is the start of the hour that ENDS at the valid time, as with measured hours: a temperature valid at 09:00
is that of the hour labelled 09:00, and rain is the sum of the hour before. Rows that were valid before their issue are
left out and counted in a note.
"""
