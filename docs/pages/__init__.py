"""The pages that are made from the code, the rulebooks and the specifications: one module for each sort."""
