"""The instructor's verbs; a student's tree does not have them."""
