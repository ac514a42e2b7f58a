"""The room where it is recorded why an assessment ended without all its answers."""
