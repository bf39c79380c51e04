-- A copy or an erasure that somebody asked for at the counter or by letter: who of the shop wrote it down, and how they
-- made sure whose wish it was. Both empty: the customer asked in the portal.
ALTER TABLE privacy_exports
  ADD COLUMN noted_by uuid REFERENCES users (id) ON DELETE RESTRICT,
  ADD COLUMN identity text CHECK (identity ~ '^[a-z_]{1,30}$'),
  ADD CONSTRAINT privacy_exports_noted CHECK ((noted_by IS NULL) = (identity IS NULL));
CREATE INDEX privacy_exports_noted_by ON privacy_exports (noted_by) WHERE noted_by IS NOT NULL;

ALTER TABLE privacy_erasures
  ADD COLUMN noted_by uuid REFERENCES users (id) ON DELETE RESTRICT,
  ADD COLUMN identity text CHECK (identity ~ '^[a-z_]{1,30}$'),
  ADD CONSTRAINT privacy_erasures_noted CHECK ((noted_by IS NULL) = (identity IS NULL));
CREATE INDEX privacy_erasures_noted_by ON privacy_erasures (noted_by) WHERE noted_by IS NOT NULL;
