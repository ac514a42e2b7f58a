"""The law of the field: pure rules with no framework in sight."""
