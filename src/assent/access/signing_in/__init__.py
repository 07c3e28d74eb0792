"""From what somebody shows to who they are."""
