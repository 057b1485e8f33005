"""城市登记: the objects that every line of business builds on: regions, units, stations, enterprises with their measures."""
