"""The plumbing between Flask and the rooms: guard, sessions, headers, errors, forms, assets."""
