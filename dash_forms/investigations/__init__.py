"""Standard of investigations: closed cases drawn at random, and what supervisors find in them."""
