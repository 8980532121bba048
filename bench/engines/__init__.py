"""The engines that are compared, each in a process of its own that runs turns when it is told how many at once.

A worker writes `"ready"`, then reads lines "turns at_once" and answers each with a JSON list: milliseconds a turn.
"""
