-- What an account gets by mail: links that work once, and the mails themselves.

-- The link's text is not here: it is derived from the id with the shop's secret, so that a copy of the table opens nothing.
CREATE TABLE customer_links (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  purpose text NOT NULL CHECK (purpose IN
    ('verify_email', 'reset_password', 'change_email', 'sign_in', 'invitation')),
  email text NOT NULL CHECK (length(email) BETWEEN 3 AND 255 AND email = lower(email)),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  CHECK (expires_at > created_at)
);
-- A newer link of the same kind ends the older one.
CREATE UNIQUE INDEX customer_links_one_live ON customer_links (customer_id, purpose) WHERE used_at IS NULL;
CREATE INDEX customer_links_old ON customer_links (expires_at);

CREATE TABLE staff_links (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  purpose text NOT NULL CHECK (purpose IN ('reset_password', 'invitation')),
  email text NOT NULL CHECK (length(email) BETWEEN 3 AND 255 AND email = lower(email)),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  CHECK (expires_at > created_at)
);
CREATE UNIQUE INDEX staff_links_one_live ON staff_links (user_id, purpose) WHERE used_at IS NULL;
CREATE INDEX staff_links_old ON staff_links (expires_at);

-- Mails about an account, written with the change that they tell of and sent by a job.
CREATE TABLE account_mails (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  customer_id uuid REFERENCES customers (id) ON DELETE CASCADE,
  user_id uuid REFERENCES users (id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind ~ '^[a-z][a-z_]{0,49}$'),
  recipient text NOT NULL CHECK (length(recipient) BETWEEN 3 AND 255),
  link_id uuid,
  facts jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  sent_at timestamptz,
  CHECK ((customer_id IS NULL) <> (user_id IS NULL))
);
CREATE INDEX account_mails_customer ON account_mails (customer_id, created_at) WHERE customer_id IS NOT NULL;
CREATE INDEX account_mails_user ON account_mails (user_id, created_at) WHERE user_id IS NOT NULL;
CREATE INDEX account_mails_created ON account_mails (created_at);
