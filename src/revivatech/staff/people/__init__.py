"""The people of the shop as an admin sees them: invited, given a role, closed with their work handed over."""
