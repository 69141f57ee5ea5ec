"""A web shop's year of orders: what happened to each, and the stars it ended in."""
