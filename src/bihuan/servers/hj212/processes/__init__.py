"""Several processes: the leading one, those that receive, the one that makes rows, and what they say to one another."""
