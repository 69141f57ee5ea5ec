"""Rivals that are packages of others, each a program of an environment of its own (`make bench-rivals`): momot never imports them.

`python NAME.py GIVEN.parquet ANSWER.json [RUNS]`. The answer holds what was computed and, of the median run, what it
cost. What the files hold is said in `benchmarks.rivals`, which compares.
"""
