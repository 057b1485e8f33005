"""车流排放: what vehicles let out per kilometre, as dated data (factors.csv).

factors     fuel, stage, day -> g/km by pollutant; unknown where no factor is known
roads       passages laid on the roads that units use: vehicles, km and kg by road and hour; hot hours, windows that an order would bar
"""
