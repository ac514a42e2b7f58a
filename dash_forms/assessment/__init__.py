"""The room where an officer takes a victim through the topics, and finishes with a grade."""
