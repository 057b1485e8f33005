"""Non-road machines: labels as they are read, stages by date, limits of smoke. Pure functions and dated data."""
