"""How the site is made: editing, the data dictionary, problems explained."""
