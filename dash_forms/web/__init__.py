"""The plumbing between Flask and the rooms: transaction, guard, sessions, headers, errors, assets."""
