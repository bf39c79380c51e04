-- That mail to a customer's present address was refused for good, or waits: a row while it is so, without the address
-- and without what the server said. The next mail that is taken, and another address, end it.
CREATE TABLE mail_troubles (
  customer_id uuid PRIMARY KEY REFERENCES customers (id) ON DELETE CASCADE,
  refused_at timestamptz,
  waits_since timestamptz,
  CHECK (refused_at IS NOT NULL OR waits_since IS NOT NULL)
);
