"""The knowledge base: passages in, cited answers out. It knows no web."""
