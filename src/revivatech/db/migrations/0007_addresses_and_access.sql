-- A customer's addresses, a version of each device, and who of the staff has opened whose repair.

-- Which of the parts a country uses and needs is a matter of the country's postal rules: what it does not use is empty.
CREATE TABLE customer_addresses (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  type text NOT NULL CHECK (type IN ('home', 'work', 'other')),
  label text NOT NULL DEFAULT '' CHECK (length(label) <= 100),
  street_address text NOT NULL CHECK (length(street_address) BETWEEN 1 AND 200),
  apartment text NOT NULL DEFAULT '' CHECK (length(apartment) <= 50),
  district text NOT NULL DEFAULT '' CHECK (length(district) <= 100),
  city text NOT NULL DEFAULT '' CHECK (length(city) <= 100),
  state text NOT NULL DEFAULT '' CHECK (length(state) <= 100),
  postal_code text NOT NULL DEFAULT '' CHECK (length(postal_code) <= 20),
  country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  is_default boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1 CHECK (version > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX customer_addresses_one_default ON customer_addresses (customer_id) WHERE is_default;
CREATE INDEX customer_addresses_customer ON customer_addresses (customer_id);
CREATE TRIGGER touch BEFORE UPDATE ON customer_addresses FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

ALTER TABLE customer_devices ADD COLUMN version integer NOT NULL DEFAULT 1 CHECK (version > 0);

-- Who, whose, what, when: at most one row a staff member, object and hour, so that a reloaded page is one visit.
CREATE TABLE staff_access_log (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  customer_id uuid NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE RESTRICT,
  object_kind text NOT NULL CHECK (object_kind IN ('repair')),
  object_id uuid NOT NULL,
  object_name text NOT NULL CHECK (length(object_name) <= 100),
  hour timestamptz NOT NULL DEFAULT date_trunc('hour', now()),
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (user_id, object_id, hour)
);
CREATE INDEX staff_access_log_customer ON staff_access_log (customer_id, created_at DESC, id DESC);
CREATE INDEX staff_access_log_created ON staff_access_log (created_at);

-- The record is appended to and nothing else. Rows go when their time is over or their customer is erased, and only in
-- a transaction that says so: SET LOCAL revivatech.forgetting = 'on'.
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('revivatech.forgetting', true) = 'on' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON staff_access_log
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON staff_access_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
