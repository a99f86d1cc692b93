"""The three panes of the collector's screen."""
