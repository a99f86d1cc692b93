"""Pure rules of receivables: values in, values out, no I/O and no clock."""
