"""How cells become values: amounts, dates, words; what is ambiguous is decided for a whole column."""
