"""The lists of documents and customers."""
