"""The room where people sign in and administrators look after accounts."""
