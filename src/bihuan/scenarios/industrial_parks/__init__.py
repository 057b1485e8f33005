"""工业园区水污染: industrial parks with their enterprises, works, outlets and stations, what flows between them, and who looks after it."""
