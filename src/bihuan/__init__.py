"""闭环: an open command centre for a city's environment bureau."""

__version__ = "0.1.0"
