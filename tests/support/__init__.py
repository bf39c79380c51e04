"""What tests stand on: servers, people, a served portal, a browser."""
