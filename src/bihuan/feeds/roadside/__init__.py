"""Tables of what roads tell of vehicles: remote sensing records, and rows of the terminals on board."""
