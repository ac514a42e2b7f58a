"""The memory: typed models, engine, encryption and the audit chain; no Flask."""
