"""The room of what a tablet could not get into the server: loaded, read, tried again, closed."""
