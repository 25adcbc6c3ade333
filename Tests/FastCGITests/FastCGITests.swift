// Laid out, not yet built.
