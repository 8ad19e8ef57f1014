import type { RedisLink } from '../brokers/redis-link.js';
import type { BudgetLedger, Claim, Grant } from './budget-ledger.js';
import { GRANT_SHARE, PERIOD_MS } from './budget-ledger.js';

/** Does what takeBudgets does, for one subject. */
const TAKE = `
local used = tonumber(redis.call('get', KEYS[1]) or '0')
local left = math.max(tonumber(ARGV[1]) - used, 0)
local granted = math.floor((left + ${GRANT_SHARE - 1}) / ${GRANT_SHARE})
redis.call('set', KEYS[1], used + granted, 'PX', ${2 * PERIOD_MS})
return { granted, left - granted }`;

/** Budgets in Redis, which take the load off PostgreSQL. */
export class RedisLedger implements BudgetLedger {
  constructor(private readonly redis: RedisLink) {}

  async take(claims: readonly Claim[]): Promise<readonly Grant[]> {
    const commands = await this.redis.connected();
    return Promise.all(
      claims.map(async ({ subject, period, budget }) => {
        const key = this.redis.key(`budget:${period}:${subject}`);
        const [granted, remaining] = (await commands.eval(TAKE, 1, key, budget)) as [number, number];
        return { granted, remaining };
      }),
    );
  }
}
