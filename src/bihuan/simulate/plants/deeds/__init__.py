"""Frauds and faults (deeds): what they are, who does them when, and what each changes. The truth of the simulator."""
