"""The threads of one application, folded to where it stands and whose move it is."""
