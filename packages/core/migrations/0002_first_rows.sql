insert into journal_head (id, sequence, hash) values (1, 0, repeat('0', 64)) on conflict do nothing;
--> statement-breakpoint
insert into services (id, environment, name_da, name_en, description_da, description_en, position, is_critical, probe) values
  ('sor', 'production', 'SOR-register', 'SOR register', 'Opslag og søgning i enheder, adresser og lokationsnumre', 'Look-ups and search of units, addresses and location numbers', 1, true, 'database'),
  ('sor-edi', 'production', 'SOR-EDI', 'SOR-EDI', 'Leverandørers og regioners administration af meddelelsestyper', 'Message types administered by vendors and regions', 2, false, 'portal'),
  ('edi-gateway', 'production', 'EDI-gateway', 'EDI gateway', 'Opslag for afsendere og transport af EDI-meddelelser', 'Routing look-ups and carriage of EDI messages', 3, true, 'gateway'),
  ('portal', 'production', 'Driftsportal', 'Operations portal', 'Portalen med driftsstatus og driftsbeskeder', 'The portal with status and notices', 4, false, 'portal'),
  ('sor-demo', 'demo', 'SOR-register (demo)', 'SOR register (demo)', 'Opslag og søgning i opdigtede data', 'Look-ups and search of invented data', 11, true, 'database'),
  ('sor-edi-demo', 'demo', 'SOR-EDI (demo)', 'SOR-EDI (demo)', 'Prøv administration af meddelelsestyper', 'Try the administration of message types', 12, false, 'portal'),
  ('edi-gateway-demo', 'demo', 'EDI-gateway (demo)', 'EDI gateway (demo)', 'Prøv opslag og forsendelse med opdigtede modtagere', 'Try look-ups and sending with invented recipients', 13, true, 'gateway'),
  ('portal-demo', 'demo', 'Driftsportal (demo)', 'Operations portal (demo)', 'Portalen i demomiljøet', 'The portal of the demo environment', 14, false, 'portal')
on conflict do nothing;
