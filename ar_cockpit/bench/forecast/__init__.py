"""How good the forecast is: the protocol's origins on known ledgers, its marks, and the model card made of them."""
