// The endpoints as they are usually written: NestJS, repositories in a transaction that sets the session, entities
// hydrated and stringified. On Fastify, because on Express the comparison would be one of Express.
import 'reflect-metadata';
import { Controller, Dependencies, Get, Headers, Module, NotFoundException, Param, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DataSource, IsNull } from 'typeorm';
import { ApiKeyLookup, TaskEntity } from './entity.mjs';

const { DATABASE_URL, PORT, POOL = '10' } = process.env;

const dataSource = new DataSource({
  type: 'postgres',
  url: DATABASE_URL,
  entities: [TaskEntity],
  extra: { max: Number(POOL), options: '-c role=tm_app_ro -c timezone=UTC' },
});
await dataSource.initialize();

const users = new Map();

/** As generous as the service: a key is looked up once and remembered. */
async function userOf(key) {
  if (!users.has(key)) users.set(key, (await dataSource.query(ApiKeyLookup, [key]))[0]);
  return users.get(key);
}

class TasksService {
  inSession(user, work) {
    return dataSource.transaction(async (manager) => {
      await manager.query(
        `select set_config('role', app.open_session($1::uuid, $2::uuid, null, $3::jsonb, 'tm_app_ro'), true)`,
        [user.userId, user.credentialId, '{"id": "req_bench"}'],
      );
      return work(manager.getRepository(TaskEntity));
    });
  }

  async get(user, id) {
    const task = await this.inSession(user, (tasks) => tasks.findOneBy({ id, deletedAt: IsNull() }));
    if (!task) throw new NotFoundException();
    return task;
  }

  list(user, { teamId, status, limit }) {
    return this.inSession(user, (tasks) =>
      tasks.find({
        where: { teamId, status, deletedAt: IsNull() },
        order: { createdAt: 'DESC', id: 'DESC' },
        take: Number(limit),
      }),
    );
  }
}

class TasksController {
  constructor(tasks) {
    this.tasks = tasks;
  }

  async list(key, query) {
    return { success: true, data: await this.tasks.list(await userOf(key), query) };
  }

  async get(key, id) {
    return { success: true, data: await this.tasks.get(await userOf(key), id) };
  }
}

class AppModule {}

// JavaScript has no decorators yet, so they are called.
const route = (name, decorator, ...parameters) => {
  const { prototype } = TasksController;
  decorator(prototype, name, Object.getOwnPropertyDescriptor(prototype, name));
  parameters.forEach((parameter, place) => parameter(prototype, name, place));
};
Controller('api/v1/tasks')(TasksController);
Dependencies(TasksService)(TasksController);
route('list', Get(), Headers('x-api-key'), Query());
route('get', Get(':id'), Headers('x-api-key'), Param('id'));
Module({ controllers: [TasksController], providers: [TasksService] })(AppModule);

const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false });
app.enableShutdownHooks();
await app.listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => void dataSource.destroy());
