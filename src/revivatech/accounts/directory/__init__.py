"""The customers and staff of the shop, as other slices see them."""
