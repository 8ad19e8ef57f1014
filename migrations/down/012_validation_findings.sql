-- The way back of 012.
set lock_timeout = '5s';
set role tm_owner;
set role tm_ingest;
drop function app.settle_findings(uuid, boolean);
drop function app.write_findings(uuid, jsonb, integer);
set role tm_owner;
drop function app.finding_baseline(public.validation_results);
drop table public.validation_findings;
delete from public.migrations
where name = 'ValidationFindings1800000000012'
  and current_setting('app.migrator', true) is distinct from 'typeorm';
reset role;
