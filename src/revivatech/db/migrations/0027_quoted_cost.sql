-- The price that an entry of the history asked the customer to approve; the repair's own price may change later.
ALTER TABLE repair_status_history ADD COLUMN quoted_cost numeric(10, 2) CHECK (quoted_cost >= 0);

-- A shop that has worded this stage itself keeps its own words.
UPDATE repair_stages
SET sentences = '{"en": "We''ve found the problem and your quote is ready.", "pt-BR": "Encontramos o problema e seu orçamento está pronto."}'
WHERE key = 'quoted' AND sentences = '{"en": "We know what it takes and wait for your decision.", "pt-BR": "Sabemos o que é preciso e aguardamos sua decisão."}';
