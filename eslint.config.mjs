import prettier from 'eslint-config-prettier';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** What the house forbids by shape. Each ban names what to do instead, because that is what its reader needs. */
const bans = {
  defaultExport: {
    selector: 'ExportDefaultDeclaration',
    message: 'Export by name, so that one thing has one name everywhere.',
  },
  barrel: {
    selector: 'ExportAllDeclaration',
    message: 'No barrels: import from the file that defines the thing, or import rules cannot see who uses what.',
  },
  forwardRef: {
    selector: "CallExpression[callee.name='forwardRef']",
    message: 'forwardRef hides a cycle between modules: move the shared part down instead.',
  },
  environment: {
    selector: "MemberExpression[object.name='process'][property.name='env']",
    message: 'Only platform/config reads the environment; take the injected Config.',
  },
  abstractClass: {
    selector: 'ClassDeclaration[abstract=true]',
    message: 'No base classes in modules: compose functions instead.',
  },
  requestScope: {
    selector: "MemberExpression[object.name='Scope'][property.name='REQUEST']",
    message: 'No request-scoped providers: the session is an explicit first argument.',
  },
  enumeration: {
    selector: 'TSEnumDeclaration',
    message: 'Use a constant list and its union type: it is also the runtime list that validation and OpenAPI need.',
  },
  skippedTest: {
    selector: 'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(skip|only|todo|failing)$/]',
    message: 'No skipped, focused or unwritten tests.',
  },
  skippedTestAlias: {
    selector: 'CallExpression[callee.name=/^(xit|xtest|xdescribe|fit|fdescribe)$/]',
    message: 'No skipped or focused tests.',
  },
  retriedTest: {
    selector: "MemberExpression[object.name='jest'][property.name='retryTimes']",
    message: 'A retry hides the race that the test found.',
  },
};

const everywhere = [bans.defaultExport, bans.barrel, bans.forwardRef, bans.requestScope, bans.enumeration];
const inTests = [...everywhere, bans.skippedTest, bans.skippedTestAlias, bans.retriedTest];
const restrict = (list) => ['error', ...list];

const node = {
  AbortController: 'readonly',
  AbortSignal: 'readonly',
  Buffer: 'readonly',
  URL: 'readonly',
  URLSearchParams: 'readonly',
  clearInterval: 'readonly',
  clearTimeout: 'readonly',
  console: 'readonly',
  fetch: 'readonly',
  performance: 'readonly',
  process: 'readonly',
  setImmediate: 'readonly',
  setInterval: 'readonly',
  setTimeout: 'readonly',
  structuredClone: 'readonly',
};

const typeRules = {
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  // A Nest module is an empty class under a decorator.
  '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  // A class of fields is a shape that plain JSON has; nobody asks whether something is an instance of it.
  '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
  // A type parameter that appears once is how Statement<Row> carries the row's type.
  '@typescript-eslint/no-unnecessary-type-parameters': 'off',
  // A use case may be async only because its siblings are, and interfaces of libraries ask for it.
  '@typescript-eslint/require-await': 'off',
  // `return settle(reply)` ends a branch in one line; the rule costs two and finds no fault.
  '@typescript-eslint/no-confusing-void-expression': 'off',
};

const sizeRules = {
  'max-lines': ['error', { max: 300 }],
  'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
  'max-depth': ['error', 4],
  'max-params': ['error', 5],
  complexity: ['error', 15],
};

const plainRules = {
  eqeqeq: 'error',
  'no-console': 'error',
  'no-eval': 'error',
  'no-implied-eval': 'error',
  'no-new-func': 'error',
  'no-param-reassign': 'error',
  'no-var': 'error',
  'prefer-const': 'error',
  'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'], location: 'anywhere' }],
};

export default defineConfig(
  { ignores: ['node_modules/', 'dist/', 'coverage/', '.taskmaster-data/', 'bench/results/', 'test/**/fixtures/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: { ...plainRules, ...typeRules },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/**/*.test.ts'],
    rules: { ...sizeRules, 'no-restricted-syntax': restrict([...everywhere, bans.environment]) },
  },
  {
    files: ['src/modules/**/*.ts'],
    ignores: ['src/**/*.test.ts'],
    rules: { 'no-restricted-syntax': restrict([...everywhere, bans.environment, bans.abstractClass]) },
  },
  { files: ['src/platform/config/**/*.ts'], rules: { 'no-restricted-syntax': restrict(everywhere) } },
  // One statement is one function, and its SQL is laid out one clause a line.
  {
    files: ['src/**/*.queries.ts'],
    rules: { 'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }] },
  },
  // The lines a person reads when the service starts are not log lines.
  { files: ['src/**/banner.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**/*.ts', 'src/**/*.test.ts'],
    rules: {
      'max-lines': ['error', { max: 500 }],
      'no-restricted-syntax': restrict(inTests),
      // Answers of the service are read as parsed JSON; what they hold is what the assertions say.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
    },
  },
  {
    files: ['bench/**/*.ts'],
    rules: { ...sizeRules, 'no-console': 'off', 'no-restricted-syntax': restrict(everywhere) },
  },
  {
    files: ['bin/**/*.mjs', 'bench/**/*.mjs', 'test/**/*.mjs', '*.mjs', '*.cjs'],
    languageOptions: { globals: node },
    rules: {
      ...plainRules,
      'no-undef': 'error',
      'no-unused-vars': 'error',
      'no-console': 'off',
      'max-lines': ['error', 300],
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { ...node, module: 'writable', require: 'readonly' } },
  },
  { files: ['bin/**/*.mjs'], rules: { 'no-restricted-syntax': restrict(everywhere) } },
  prettier,
);
