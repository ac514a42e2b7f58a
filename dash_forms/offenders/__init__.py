"""The room of alleged perpetrators: who recurs, one of them in full, and what is outstanding."""
