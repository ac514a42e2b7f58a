"""The room where it is recorded why an assessment was declined, could not be done or was not offered."""
