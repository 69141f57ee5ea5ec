"""Small inputs for tests of momot and of what is built on it."""
