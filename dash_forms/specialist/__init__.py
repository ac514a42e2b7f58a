"""Public-protection specialists assess again, decide on MARAC and see to what follows."""
