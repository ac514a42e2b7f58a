"""The inspection of the force: published grades as text, and what is done about what was asked."""
