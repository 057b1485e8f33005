"""What the receiver of loggers and the pages share: the register, parked packets, commands. All of it is files."""
