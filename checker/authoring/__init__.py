"""The workshop for authors of rulebooks: scaffolds, schemas for editors, tests of examples."""
