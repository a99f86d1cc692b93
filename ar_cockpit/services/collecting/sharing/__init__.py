"""How collectors share their customers: rules, absences, hand-overs, and who is at what."""
