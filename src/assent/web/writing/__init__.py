"""What people write on several pages: comments, and texts in Markdown with their preview."""
