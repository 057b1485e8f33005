"""Rounds (检查轮次): objects × a form × people × a period, with what came of it and what changed since the last one."""
