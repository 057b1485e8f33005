"""Records sent on to platforms above, and what these ask."""
