"""The pages: for people with a browser, who sign in."""
