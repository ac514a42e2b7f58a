"""The reporting room: counts told with their uncertainty, and never a name."""
