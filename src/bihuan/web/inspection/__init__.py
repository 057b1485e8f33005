"""What the pages of inspections share."""
