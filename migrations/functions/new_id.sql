-- Keys are UUIDs of version 7: time-ordered, so inserts touch the right edge of the index
-- (docs/decisions/0002-keys.md has the measurement). PostgreSQL has uuidv7() from 18 on.
do $$
begin
  if current_setting('server_version_num')::int >= 180000 then
    create or replace function app.new_id() returns uuid language sql volatile parallel safe
      return pg_catalog.uuidv7();
  else
    create or replace function app.new_id() returns uuid language sql volatile parallel safe
      return pg_catalog.encode(
        pg_catalog.set_bit(
          pg_catalog.set_bit(
            overlay(pg_catalog.uuid_send(pg_catalog.gen_random_uuid())
              placing substring(pg_catalog.int8send((extract(epoch from pg_catalog.clock_timestamp()) * 1000)::bigint) from 3)
              from 1 for 6),
            52, 1),
          53, 1),
        'hex')::uuid;
  end if;
end
$$;
comment on function app.new_id() is 'A new primary key: UUID version 7 (RFC 9562).';
