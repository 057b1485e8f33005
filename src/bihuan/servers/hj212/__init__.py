"""The HJ 212 receiver and sender: `receive` takes packets in, `processes` shares the work out, `ask` sends requests, `forward` sends on."""
