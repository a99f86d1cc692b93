"""Letters that a person prints and sends: formal notices and other steps on paper."""
