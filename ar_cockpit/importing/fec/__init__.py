"""The French FEC (fichier des écritures comptables, LPF A47 A-1): a year's entries become a ledger of receivables."""
