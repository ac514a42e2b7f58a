"""A force's own question sets: checking, comparing, drawing and publishing them."""
