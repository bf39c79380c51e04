-- What a customer says of themselves: picture, telephone, look and dashboard.

-- avatar_url was never written; the version before this one still reads it, so it goes with a later migration.
ALTER TABLE customers
  ADD COLUMN avatar_id uuid,
  ADD COLUMN phone_verified_at timestamptz CHECK (phone_verified_at IS NULL OR phone IS NOT NULL),
  ADD COLUMN theme text CHECK (theme IN ('light', 'dark', 'system')),
  -- The parts of the dashboard that are shown, in their order; null is how it comes.
  ADD COLUMN dashboard_parts text[] CHECK (dashboard_parts <@ ARRAY['stats', 'activity', 'actions', 'appointments']);
CREATE INDEX customers_avatar ON customers (avatar_id) WHERE avatar_id IS NOT NULL;

-- Whoever changes a telephone number, and however: another number is not the one that was proven.
CREATE FUNCTION forget_phone_proof() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.phone_verified_at := NULL;
  RETURN NEW;
END
$$;
CREATE TRIGGER forget_phone_proof BEFORE UPDATE OF phone ON customers
  FOR EACH ROW WHEN (NEW.phone IS DISTINCT FROM OLD.phone) EXECUTE FUNCTION forget_phone_proof();

-- Codes sent by SMS. The code is not here: it is derived from the id with the shop's secret.
CREATE TABLE phone_codes (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  phone text NOT NULL CHECK (phone ~ '^\+[1-9][0-9]{4,14}$'),
  tries smallint NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 5),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  sent_at timestamptz,
  -- Used, or followed by a newer one.
  ended_at timestamptz,
  CHECK (expires_at > created_at)
);
CREATE UNIQUE INDEX phone_codes_one_live ON phone_codes (customer_id) WHERE ended_at IS NULL;
CREATE INDEX phone_codes_customer ON phone_codes (customer_id, created_at);
CREATE INDEX phone_codes_phone ON phone_codes (phone, created_at);
CREATE INDEX phone_codes_created ON phone_codes (created_at);

-- SMS of a demo, readable instead of sent.
CREATE TABLE kept_sms (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  recipient text NOT NULL,
  body text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
