"""Problem-solving plans for repeat callers, with the neighbourhood team, and how many have one."""
