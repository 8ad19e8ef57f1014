import type { Statement } from '../../platform/database/statement.js';
import { statement } from '../../platform/database/statement.js';
import type { ListSource } from '../../platform/schema/list-statement.js';
import { jsonOf } from '../../platform/schema/projection.js';
import { Consent } from './consent.dto.js';

/** Everything that the user agreed to and withdrew. The policy shows administrators everybody's. */
export function consentsOf(userId: string): ListSource {
  return {
    name: 'privacy.consents',
    table: 'public.consents',
    shape: Consent,
    teamColumn: 'user_id',
    where: [],
    allTeams: false,
    teamIds: [userId],
  };
}

export function giveConsent(purpose: string, version: string): Statement<{ id: string; data: string }> {
  return statement(
    'privacy.give_consent',
    `insert into public.consents as t (user_id, purpose, version, is_given)
values (app.current_user_id(), $1, $2, true)
returning t.id, ${jsonOf(Consent)} as data`,
    [purpose, version],
  );
}

/** No row: it is not given. */
export function withdrawConsent(purpose: string): Statement<{ id: string }> {
  return statement(
    'privacy.withdraw_consent',
    `insert into public.consents as t (user_id, purpose, version, is_given)
select c.user_id, c.purpose, c.version, false
from (
  select o.*
  from public.consents o
  where o.user_id = app.current_user_id()
    and o.purpose = $1
  order by o.created_at desc, o.id desc
  limit 1
) c
where c.is_given
returning t.id`,
    [purpose],
  );
}
