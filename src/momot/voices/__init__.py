"""What people say: language, valence, intent and urgency of texts, masked. Strings in, columns out; knows no project."""

FOLDER = "voices"
"""Below `.momot`: what was read from texts. Everything in it can be deleted at any time: it is read again."""
