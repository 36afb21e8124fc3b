"""How the tables came to be, one revision a step; `env` is run by Alembic."""
