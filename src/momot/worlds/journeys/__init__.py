"""People followed day by day: hidden traits and intent that drive touches and outcomes, with planted moments."""
