"""What the web server answers itself: sign-in, downloads, health, the mailbox of the demo."""
