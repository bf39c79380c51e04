-- By what an erased person is known again when the records of an older system come in once more.

-- A mark is a keyed hash of an e-mail address, of a key of the older system or of a name with a telephone number. It
-- names nobody: without the shop's secret, whose name is key_id, nothing can be compared with it.
CREATE TABLE erased_marks (
  mark bytea PRIMARY KEY CHECK (length(mark) = 32),
  key_id text NOT NULL,
  erased_at timestamptz NOT NULL
);
