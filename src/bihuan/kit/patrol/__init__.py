"""Patrols (巡查): plans, tracks as they were sent, what they are worth, stops and finds, and signs for the supervisor."""
