-- How somebody comes to have an account, and back into it.

ALTER TABLE customers
  ADD COLUMN terms_accepted_at timestamptz,
  ADD COLUMN terms_version text CHECK (length(terms_version) BETWEEN 1 AND 40),
  ADD CONSTRAINT customers_terms CHECK ((terms_accepted_at IS NULL) = (terms_version IS NULL));

-- Who registers once more with an address that nobody has confirmed yet: it holds only once the mail was answered, so that
-- neither of two people who claim an address gains anything over the one who reads its mail.
CREATE TABLE customer_registrations (
  customer_id uuid PRIMARY KEY REFERENCES customers (id) ON DELETE CASCADE,
  password_hash text NOT NULL,
  first_name text NOT NULL CHECK (length(first_name) BETWEEN 1 AND 100),
  last_name text NOT NULL CHECK (length(last_name) <= 100),
  phone text CHECK (length(phone) <= 32),
  language text NOT NULL CHECK (language IN ('en', 'pt-BR')),
  terms_version text NOT NULL CHECK (length(terms_version) BETWEEN 1 AND 40),
  created_at timestamptz NOT NULL DEFAULT now()
);

-- A mail that somebody has asked for, until a job has looked whether there is such an account: the request itself does
-- the same for every address.
CREATE TABLE mail_requests (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  kind text NOT NULL CHECK (kind IN ('verify_email', 'reset_password', 'sign_in')),
  email text NOT NULL CHECK (length(email) BETWEEN 3 AND 255 AND email = lower(email)),
  next text NOT NULL DEFAULT '' CHECK (length(next) <= 2000),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX mail_requests_created ON mail_requests (created_at);
