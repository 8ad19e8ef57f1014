import type { DynamicModule, ModuleMetadata, Type } from '@nestjs/common';
import { Module, SetMetadata, applyDecorators } from '@nestjs/common';
import type { Config } from '../config/config.js';
import type { ConstraintTable } from '../database/sql-state.js';
import type { EventSource } from '../events/event-source.js';
import { restController } from '../http/operation-controller.js';
import type { Relation } from '../operations/relation.js';

/** What a module adds to the service. */
export interface Manifest extends ModuleMetadata {
  /** Classes of operations, for REST and GraphQL. */
  readonly operations?: readonly Type[];
  /** Controllers that depend on the configuration. Without them their paths do not exist. */
  readonly controllersFor?: (config: Config) => Type[];
  /** The classes that TypeORM maps. */
  readonly entities?: readonly Type[];
  /** The events of the module's tables. */
  readonly events?: readonly EventSource[];
  /** Fields that the module adds to shapes, including shapes of other modules. */
  readonly relations?: readonly Relation[];
  /** The fault that a caller gets for violating a constraint of the module's tables. */
  readonly constraints?: ConstraintTable;
}

const MANIFEST = 'taskmaster:manifest';

/** A Nest module with a manifest. Everything that the service collects from all modules comes from their manifests. */
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

/** The module under this configuration. */
export function configured(feature: Type, config: Config): Type | DynamicModule {
  const { controllersFor } = manifestOf(feature);
  // Nest treats a dynamic module and its class as two modules, and other modules import the class.
  return controllersFor ? { module: feature, controllers: controllersFor(config) } : feature;
}

export function manifestOf(feature: object): Manifest {
  return (Reflect.getMetadata(MANIFEST, feature) as Manifest | undefined) ?? {};
}
