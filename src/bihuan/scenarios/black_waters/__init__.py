"""黑臭水体: bodies, their points, rounds of measurements, grades, relapse."""
