"""Worlds with known truth: what momot finds in them beside what is planted, and what rivals make of the same records.

A world is a folder with raw files, `momot.toml` and `truth.json` (`momot.worlds`, or one written by others). Each is built and asked like
any project; only then is the truth opened.
"""
