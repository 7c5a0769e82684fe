"""The letter: composed from an opportunity, rendered from templates, and its life in Drafts."""
