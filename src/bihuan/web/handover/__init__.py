"""交接班: what the leaving officer signs, made of data."""
