"""The demonstration: an invented force with a year of invented work, made from a fixed seed."""
