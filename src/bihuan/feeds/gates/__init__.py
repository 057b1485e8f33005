"""Records of gates: what vendors' systems send or write into files -> rows of passages, with what is noted and refused."""
