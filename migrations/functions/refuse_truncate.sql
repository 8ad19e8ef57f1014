create or replace function app.refuse_truncate() returns trigger language plpgsql as $$
begin
  raise exception 'table % is audited: its rows can be deleted, not truncated', tg_table_name using errcode = '0A000';
end
$$;
comment on function app.refuse_truncate() is 'TRUNCATE would remove records without leaving a row for each. For the owner: nobody else has the right at all.';
