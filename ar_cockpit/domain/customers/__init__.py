"""Rules about customers themselves: their contacts, how they pay, who is named in a note, who may be merged."""
