"""Whether what a section's station sent can be believed: pure functions on frames."""
