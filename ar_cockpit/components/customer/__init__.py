"""The parts of the customer page, which the collector's middle pane shows too."""
