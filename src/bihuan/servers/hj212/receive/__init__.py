"""Packets in: connections, who may send, what is journalled and what answers it."""
