"""Supervisors review what officers submit."""
