"""Mail: facts to words (``compose``), words to the wire (``smtp``), and a local catcher to read them in the browser."""
