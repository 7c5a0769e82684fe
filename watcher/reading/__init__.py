"""What a message says: labels, times, named days, names, each with the words it rests on."""
