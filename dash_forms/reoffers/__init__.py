"""The room of offers that are due again: who makes them, and who may end them."""
