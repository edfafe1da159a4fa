"""Preferences that users show: phrases, synonyms, frequencies, word clouds. Pure."""
