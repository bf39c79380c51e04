"""What a customer is told: a row that the portal shows, an event for the open page, mail as they prefer."""
