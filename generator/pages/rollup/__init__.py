"""What goes up to the office above, and the site of an office above districts."""
