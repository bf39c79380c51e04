-- The shop's own terms and privacy notice. Each version stays: who agreed to it can be shown what it said.

CREATE TABLE shop_texts (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  kind text NOT NULL CHECK (kind IN ('terms', 'privacy')),
  language text NOT NULL CHECK (language IN ('en', 'pt-BR')),
  version text NOT NULL CHECK (length(version) BETWEEN 1 AND 40),
  -- Null: from here on the portal's own text again.
  text text CHECK (length(text) BETWEEN 1 AND 100000),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX shop_texts_newest ON shop_texts (kind, language, id DESC);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON shop_texts
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
