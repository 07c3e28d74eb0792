"""What every feature stands on; knows no domain and no Flask."""
