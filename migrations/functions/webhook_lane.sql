create or replace function app.webhook_lane(p_webhook uuid, p_record uuid, p_lanes integer, p_failing boolean) returns text
language sql
immutable
parallel safe
return case
  when p_failing then 'webhooks failing ' || (hashtext(p_webhook::text) & 3)
  else 'webhook ' || p_webhook || ' ' || ((hashtext(coalesce(p_record, p_webhook)::text) & 2147483647) % p_lanes)
end;
comment on function app.webhook_lane(uuid, uuid, integer, boolean) is
  'The queue of a delivery: changes of one record wait for one another, a webhook has so many lanes, and all that fail share four.';
