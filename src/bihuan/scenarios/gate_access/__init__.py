"""门禁接入: keys of units, what gates last sent, what of it could not be read."""
