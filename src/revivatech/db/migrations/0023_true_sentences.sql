-- Sentences in the words that a shop would use, each of them true however often a repair goes back. A shop that has
-- worded a stage itself keeps its own words. The sentence of a quote follows with its price.
UPDATE repair_stages AS stage SET sentences = stage.sentences || jsonb_build_object('en', word.now)
FROM (VALUES
  ('received', 'Your device is with us and waits for a technician.', 'We have your device.'),
  ('diagnosing', 'A technician is finding out what is wrong.', 'A technician is finding out what''s wrong.'),
  ('approved', 'The work is agreed and about to begin.', 'The work is agreed.'),
  ('repairing', 'Your device is on the bench.', 'We''re repairing your device.'),
  ('waiting_for_parts', 'A part is on its way; we go on as soon as it arrives.',
    'We''re waiting for a part and will carry on as soon as it arrives.'),
  ('testing', 'The repair is done and we are testing it.', 'The repair is done and we''re testing it.'),
  ('ready_for_pickup', 'Your device is ready: come and collect it.', 'Your device is ready to collect.')
) AS word (key, before, now)
WHERE stage.key = word.key AND stage.sentences ->> 'en' = word.before;

UPDATE repair_stages AS stage SET sentences = stage.sentences || jsonb_build_object('pt-BR', word.now)
FROM (VALUES
  ('received', 'Seu aparelho está conosco e aguarda um técnico.', 'Seu aparelho está conosco.'),
  ('approved', 'O serviço está combinado e vai começar.', 'O serviço está combinado.'),
  ('repairing', 'Seu aparelho está na bancada.', 'Estamos fazendo o reparo do seu aparelho.'),
  ('waiting_for_parts', 'Uma peça está a caminho; continuamos assim que ela chegar.',
    'Estamos aguardando uma peça e continuamos assim que ela chegar.'),
  ('testing', 'O reparo está feito e estamos testando.', 'O reparo está feito e estamos testando o aparelho.'),
  ('ready_for_pickup', 'Seu aparelho está pronto: venha buscá-lo.', 'Seu aparelho está pronto para retirada.')
) AS word (key, before, now)
WHERE stage.key = word.key AND stage.sentences ->> 'pt-BR' = word.before;

UPDATE repair_stages SET labels = labels || '{"en": "Ready to collect"}'
WHERE key = 'ready_for_pickup' AND labels ->> 'en' = 'Ready for pick-up';
