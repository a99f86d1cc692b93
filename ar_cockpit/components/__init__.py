"""The shared parts of every screen: shell, controls, tables, figures, charts and dialogs."""
