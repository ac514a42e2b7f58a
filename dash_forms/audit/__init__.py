"""The room where auditors read the log."""
