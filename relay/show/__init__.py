"""Shows the program at work in a browser on this machine: two made-up mailboxes and a real relay between them."""
