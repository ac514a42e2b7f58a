"""The room of the tablet itself: its keys, what it keeps, and the pages that need no signal."""
