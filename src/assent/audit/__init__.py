"""Who did what, when and from where: written with the change it tells of, and never altered."""
