"""What is asked of loggers: requests of people, and hours that are missing."""
