"""Dialogues from review behaviour and goal templates, after LLM-REDIAL: goals, templates, plans. Pure."""
