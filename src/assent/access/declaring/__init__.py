"""One file that says who is in which group and who is granted what, held against what there is."""
