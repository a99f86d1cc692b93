"""Papers as PDF: what stands on them, in which words, and the press that prints them."""
