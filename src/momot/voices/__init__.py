"""Texts to columns: language, valence, intent, suggestion, urgency. Offline, in any language, the same score for the same text."""
