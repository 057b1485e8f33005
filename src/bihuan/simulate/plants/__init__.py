"""Simulated (模拟) plants with their stacks, analysers and loggers, for the practice city and for benchmarks.

From the process to the wire: register (who there is) -> physics (what the stack emits) -> analyser (what is read) ->
logger (minutes, hours, days) -> packets -> client. `deeds` holds the frauds and faults and is the only truth.
Nothing here knows what a platform looks for.
"""
