"""What all pages have in common: the face, how they are rendered, refused, and what they are made of."""
