"""The page of loggers: what the receiver last said of them, in the words of the duty officer."""
