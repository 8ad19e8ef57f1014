import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { DatabaseModule } from '../../src/platform/database/database.module.js';
import { Database } from '../../src/platform/database/database.js';
import { statement } from '../../src/platform/database/statement.js';
import { createFixture, POOLS } from './database-fixture.js';
import type { Fixture } from './database-fixture.js';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await createFixture();
});

// Dropping the test database fails if a session is left, so a pool that stayed open is detected here.
afterAll(() => fixture.close());

it('provides Database to every module and closes every connection at shutdown', async () => {
  const module = await Test.createTestingModule({
    imports: [DatabaseModule.forRoot({ login: fixture.login, pools: POOLS })],
  }).compile();
  await module.init();
  const database = module.get(Database);
  const ada = await fixture.addUser('ada');
  const titles = statement<{ title: string }>('module_titles', 'select title from tasks');
  expect(await database.query(ada, titles)).toEqual([{ title: ada.title }]);
  expect(await database.write(ada, (tx) => tx.run(titles))).toEqual([{ title: ada.title }]);
  await module.close();
  for (const method of [
    database.query.bind(database),
    database.search.bind(database),
    database.command.bind(database),
  ]) {
    await expect(method(ada, titles)).rejects.toMatchObject({ code: 'SHUTTING_DOWN', status: 503 });
  }
});
