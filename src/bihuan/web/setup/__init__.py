"""建城清单: what a city of one's own still needs, computed from what is registered and received."""
