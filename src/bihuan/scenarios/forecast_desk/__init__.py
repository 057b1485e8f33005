"""预报会商台: the machine's forecast beside other opinions, adjusted, approved by a second person, published, scored."""
