"""Simulated (模拟) sewage outlets: treatment works, their analysers that sample once an hour or two, loggers, and frauds.

register (who there is) -> physics (what flows out) -> analyser (what is read) -> logger -> records; `deeds` is the only
truth. The wire is that of the stacks. Nothing here knows what a platform looks for.
"""
