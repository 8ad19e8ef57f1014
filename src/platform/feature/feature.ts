import type { DynamicModule, ModuleMetadata, Type } from '@nestjs/common';
import { Module, SetMetadata, applyDecorators } from '@nestjs/common';
import type { Config } from '../config/config.js';
import type { ConstraintTable } from '../database/sql-state.js';
import type { EventSource } from '../events/event-source.js';
import { restController } from '../http/operation-controller.js';
import type { Relation } from '../operations/relation.js';

/** What a module adds to the service. */
export interface Manifest extends ModuleMetadata {
  /** Classes of operations: REST and GraphQL offer them. */
  readonly operations?: readonly Type[];
  /** Controllers that depend on the configuration: without them their paths do not exist. */
  readonly controllersFor?: (config: Config) => Type[];
  /** What TypeORM maps. */
  readonly entities?: readonly Type[];
  /** The events of its tables. */
  readonly events?: readonly EventSource[];
  /** Fields that its rows add to shapes, also to those of other modules. */
  readonly relations?: readonly Relation[];
  /** What the constraints of its tables mean to a caller who violates one. */
  readonly constraints?: ConstraintTable;
}

const MANIFEST = 'taskmaster:manifest';

/** A Nest module that plugs itself in: everything that is collected over all modules comes from its manifest. */
export function Feature(manifest: Manifest): ClassDecorator {
  const {
    operations = [],
    controllersFor: _for,
    entities: _e,
    relations: _r,
    events: _v,
    constraints: _c,
    ...nest
  } = manifest;
  return applyDecorators(
    SetMetadata(MANIFEST, manifest),
    Module({
      ...nest,
      controllers: [...(nest.controllers ?? []), ...operations.map(restController)],
      providers: [...operations, ...(nest.providers ?? [])],
    }),
  );
}

/** The module as this configuration has it. */
export function configured(feature: Type, config: Config): Type | DynamicModule {
  const { controllersFor } = manifestOf(feature);
  // A dynamic module is another one than the class that other modules import, so only what needs it becomes one.
  return controllersFor ? { module: feature, controllers: controllersFor(config) } : feature;
}

export function manifestOf(feature: object): Manifest {
  return (Reflect.getMetadata(MANIFEST, feature) as Manifest | undefined) ?? {};
}
