"""Search: a filter and an order, read into plain values, then into SQL."""
