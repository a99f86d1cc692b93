"""The screen of what moved a figure."""
