"""Telling labels of utterances, such as intents, from their texts."""
