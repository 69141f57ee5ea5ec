"""Rivals that are packages of others: programs of an environment of their own (`make truth-rivals`), which import nothing of momot."""
