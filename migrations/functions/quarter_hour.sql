-- A quarter of an hour, because there are time zones whose midnight is not on the hour (Asia/Kathmandu: +05:45).
create or replace function app.quarter_hour(p_moment timestamptz) returns timestamptz language sql immutable parallel safe
  return date_bin('15 minutes', p_moment, '2000-01-01 00:00:00+00');
comment on function app.quarter_hour(timestamptz) is 'The quarter of an hour that holds the moment.';
