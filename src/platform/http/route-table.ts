import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Fault } from '../faults/fault.js';

interface Route {
  readonly method: string;
  readonly url: string;
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : escape(part)));
  return new RegExp(`^${parts.join('/')}/?$`);
}

/** The routes of the HTTP server. Distinguishes an unknown path from an unknown method, and lists the routes for tests. */
@Injectable()
export class RouteTable {
  private readonly known = new Map<string, { pattern: RegExp; methods: Set<string> }>();

  watch(server: FastifyInstance): void {
    server.addHook('onRoute', (route) => {
      // The catch-all route of CORS is not a path.
      if (route.url === '*') return;
      const entry = this.known.get(route.url) ?? { pattern: patternOf(route.url), methods: new Set<string>() };
      for (const method of [route.method].flat()) entry.methods.add(method);
      this.known.set(route.url, entry);
    });
  }

  routes(): Route[] {
    return [...this.known].flatMap(([url, { methods }]) => [...methods].map((method) => ({ method, url })));
  }

  faultFor(request: FastifyRequest): Fault {
    const path = request.url.split('?', 1)[0] ?? '/';
    const allowed = [...this.known.values()]
      .filter((route) => route.pattern.test(path))
      .flatMap((route) => [...route.methods]);
    // A wildcard route, such as that of static files, may match without a file.
    if (allowed.length === 0 || allowed.includes(request.method)) return new Fault('NOT_FOUND');
    return new Fault('METHOD_NOT_ALLOWED', undefined, { headers: { allow: [...new Set(allowed)].join(', ') } });
  }
}
