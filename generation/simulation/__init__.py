"""Simulated users: who they are (profiles) and what they come for (scenarios), after RecLLMSim. Pure."""
