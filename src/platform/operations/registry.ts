import type { Type } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Operation } from './operation.js';
import { operationsOf, tagOf } from './operation.js';

/** Every operation of the application, found among the providers of its modules. */
@Injectable()
export class OperationRegistry {
  constructor(private readonly discovery: DiscoveryService) {}

  /** The classes of operations, in module order. */
  classes(): readonly Type[] {
    const types = this.discovery.getProviders().map(({ metatype }) => metatype as Type | null);
    return [...new Set(types.filter((type): type is Type => typeof type === 'function' && tagOf(type) !== undefined))];
  }

  all(): readonly Operation[] {
    return this.classes().flatMap(operationsOf);
  }

  /** Every permission that an operation asks for. */
  permissions(): ReadonlySet<string> {
    const named = this.all().flatMap(({ permission }) => permission);
    return new Set(named.filter((one) => one !== 'signed-in'));
  }
}
