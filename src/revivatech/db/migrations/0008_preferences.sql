-- What a customer wants to be told, by which channel and when; and what they have agreed to.

-- The specification's switches. A row appears with the first change; without one all of them are on.
CREATE TABLE customer_preferences (
  customer_id uuid PRIMARY KEY REFERENCES customers (id) ON DELETE CASCADE,
  email_notifications boolean NOT NULL DEFAULT true,
  sms_notifications boolean NOT NULL DEFAULT true,
  push_notifications boolean NOT NULL DEFAULT true,
  repair_updates boolean NOT NULL DEFAULT true,
  quote_notifications boolean NOT NULL DEFAULT true,
  chat_notifications boolean NOT NULL DEFAULT true,
  -- Local times of the customer's zone; they may lie on both sides of midnight.
  quiet_from time(0),
  quiet_to time(0),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((quiet_from IS NULL) = (quiet_to IS NULL)),
  CHECK (quiet_from <> quiet_to)
);

-- One topic by one channel, where it differs from the default.
CREATE TABLE customer_channel_choices (
  customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  topic text NOT NULL CHECK (topic IN ('repair_updates', 'quotes', 'messages', 'appointments', 'invoices', 'marketing')),
  channel text NOT NULL CHECK (channel IN ('email', 'sms', 'push')),
  is_on boolean NOT NULL,
  PRIMARY KEY (customer_id, topic, channel)
);

-- Each time somebody agreed to advertising, to which words, and each time they took it back. Rows are only added.
CREATE TABLE customer_consents (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  topic text NOT NULL CHECK (topic = 'marketing'),
  channel text NOT NULL CHECK (channel IN ('email', 'sms', 'push')),
  is_given boolean NOT NULL,
  source text NOT NULL CHECK (source IN ('account', 'api', 'unsubscribe', 'undo')),
  text_version text,
  text text,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK (is_given = (text IS NOT NULL) AND is_given = (text_version IS NOT NULL))
);
CREATE INDEX customer_consents_customer ON customer_consents (customer_id, created_at);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON customer_consents
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

ALTER TABLE customer_notifications ADD COLUMN topic text NOT NULL DEFAULT 'repair_updates'
  CHECK (topic IN ('repair_updates', 'quotes', 'messages', 'appointments', 'invoices', 'marketing'));

ALTER TABLE kept_mails ADD COLUMN headers jsonb NOT NULL DEFAULT '{}';
