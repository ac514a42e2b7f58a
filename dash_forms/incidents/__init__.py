"""The room where incidents and the people in them are recorded."""
